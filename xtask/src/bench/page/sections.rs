//! What the page says of each part.

use super::table::{Column, cell, table};
use crate::bench::{definition::GRANTS, json::Json, options::Part};

/// The body of a part's section.
pub(super) fn of(part: Part, figures: &Json) -> String {
    match part {
        Part::Load => load(figures),
        Part::Latency => latency(figures),
        Part::Transfer => transfer(figures),
        Part::Tls => tls(figures),
        Part::Events => events(figures),
        Part::Memory => memory(figures),
        Part::Revoke => revoke(figures),
        Part::Scale => scale(figures),
        Part::Start => start(figures),
        Part::Criterion => criterion(figures),
        Part::Desktop => desktop(figures),
    }
}

const LOAD: &[Column] = &[
    ("connections", "connections", 0),
    ("in front", "front", 0),
    ("requests/s", "requests_per_second", 0),
    ("lowest", "lowest", 0),
    ("highest", "highest", 0),
    ("of nginx", "rate_to_nginx", 2),
    ("p50 µs", "p50_micros", 0),
    ("p99 µs", "p99_micros", 0),
    ("p99.9 µs", "p999_micros", 0),
    ("p99 of nginx", "p99_to_nginx", 2),
    ("processor µs/request", "cpu_micros_per_request", 1),
    ("of nginx", "cpu_to_nginx", 2),
    ("PSS KiB", "pss_kib", 0),
    ("errors", "errors", 0),
];

fn load(figures: &Json) -> String {
    let rows = figures.field("rows").list();
    let instructions = if rows.iter().any(|row| row.field("instructions_per_request").number().is_some()) {
        "Instructions are in the JSON."
    } else {
        "This machine has no counters for instructions (`perf stat` says: not supported)."
    };
    format!(
        "wrk with one thread, {} rounds of {} s each after one that warms up, medians. The upstream is nginx with a reply of 70 \
         bytes. Valet Key has a definition of 900 operations and a limited token with {GRANTS} grants, and records each request. The \
         others compare one fixed token, swap the header and record nothing: nginx with 2 workers and HAProxy with 2 threads, both \
         with connections to the service that stay open; plain hyper is a proxy of our own with nothing on top. Processor time is that \
         of the front's own processes, the kernel's share with it, until all records are in the database. {instructions}\n\n{}\n\
         Valet Key in all rounds: {} requests reached the upstream, {} were recorded.\n",
        cell(figures.field("rounds"), 0),
        cell(figures.field("seconds"), 0),
        table(LOAD, rows),
        cell(figures.field("requests_served"), 0),
        cell(figures.field("records"), 0),
    )
}

fn latency(figures: &Json) -> String {
    let columns = [
        ("in front", "front", 0),
        ("p50 µs", "p50_micros", 1),
        ("p99 µs", "p99_micros", 1),
        ("added p50 µs", "added_p50_micros", 1),
        ("added p99 µs", "added_p99_micros", 1),
    ];
    let records = figures.field("records");
    format!(
        "One connection that stays open, {} requests each, in turns.\n\n{}\nRecords of activity, counted one by one: {} for {} requests.\n",
        cell(figures.field("requests"), 0),
        table(&columns, figures.field("rows").list()),
        cell(records.field("records"), 0),
        cell(records.field("requests"), 0),
    )
}

fn transfer(figures: &Json) -> String {
    let columns = [
        ("way", "way", 0),
        ("s", "seconds", 1),
        ("RSS before KiB", "rss_before_kib", 0),
        ("RSS added at most KiB", "rss_added_kib", 0),
        ("PSS added at most KiB", "pss_added_kib", 0),
    ];
    format!(
        "Replies of 1 MiB over 16 connections, so that requests/s are MiB/s; otherwise as above.\n\n{}\n\
         1 GiB through Valet Key while the reader takes 100 MB/s: the application on the way down, the service on the way up. RSS is \
         the highest that the system saw, PSS was looked at every 100 ms.\n\n{}",
        table(LOAD, figures.field("rows").list()),
        table(&columns, figures.field("gigabyte").list())
    )
}

fn tls(figures: &Json) -> String {
    format!(
        "The small reply over a service that speaks TLS, with a certificate of a CA that the fronts are told to trust; each verifies it. \
         The application's side is plain as before.\n\n{}\n\
         Valet Key in all rounds: {} requests reached the upstream, {} were recorded.\n",
        table(LOAD, figures.field("rows").list()),
        cell(figures.field("requests_served"), 0),
        cell(figures.field("records"), 0),
    )
}

fn events(figures: &Json) -> String {
    let columns = [
        ("in front", "front", 0),
        ("p50 µs", "p50_micros", 0),
        ("p99 µs", "p99_micros", 0),
        ("most µs", "max_micros", 0),
        ("added p50 µs", "added_p50_micros", 0),
        ("added p99 µs", "added_p99_micros", 0),
        ("first p50 µs", "first_p50_micros", 0),
        ("first p99 µs", "first_p99_micros", 0),
        ("added first p50 µs", "added_first_p50_micros", 0),
        ("added first p99 µs", "added_first_p99_micros", 0),
    ];
    format!(
        "100 streams of server-sent events, 20 a second each: from when the service made an event to when the application read it, by \
         the clock that both share. The first event of each stream comes with the reply's head.\n\n{}",
        table(&columns, figures.field("rows").list())
    )
}

fn memory(figures: &Json) -> String {
    let columns = [
        ("in front", "front", 0),
        ("connections that were answered", "connections", 0),
        ("PSS before KiB", "pss_before_kib", 0),
        ("PSS added KiB", "pss_added_kib", 0),
    ];
    format!(
        "Connections that have made one request each and stay open, {} asked for.\n\n{}\n`vk`, release build: {:.1} MB.\n",
        cell(figures.field("asked_for"), 0),
        table(&columns, figures.field("rows").list()),
        figures.field("vk_bytes").number().unwrap_or_default() / 1e6
    )
}

fn scale(figures: &Json) -> String {
    let columns = [
        ("tokens", "tokens", 0),
        ("services", "services", 0),
        ("operations", "operations", 0),
        ("ready after ms", "ready_millis", 0),
        ("PSS when ready KiB", "pss_kib", 0),
        ("requests/s", "requests_per_second", 0),
        ("processor µs/request", "cpu_micros_per_request", 1),
    ];
    format!(
        "A profile for each row, all served at once and asked in turns over 16 connections. The one token that asks has {GRANTS} grants, \
         all others one. Starting is the median of {}.\n\n{}",
        cell(figures.field("starts"), 0),
        table(&columns, figures.field("rows").list())
    )
}

fn criterion(figures: &Json) -> String {
    let columns = [("bench", "bench", 0), ("median ns", "nanos", 1), ("deviation ns", "deviation_nanos", 1)];
    format!(
        "By criterion, in one process without a network.\n\n{}",
        table(&columns, figures.field("rows").list())
    )
}

fn revoke(figures: &Json) -> String {
    let columns = [
        ("revoked by", "how", 0),
        ("rounds", "rounds", 0),
        ("accepted after the return", "accepted_after", 0),
        ("first refusal after the return, max ms", "first_refusal_max_millis", 3),
        ("first answer to a request begun after the return, max ms", "next_answer_max_millis", 3),
        ("asking to return, p50 ms", "took_p50_millis", 3),
        ("max ms", "took_max_millis", 3),
    ];
    let streams = [
        ("streams of the token", "streams", 0),
        ("rounds", "rounds", 0),
        ("cut after the return, p50 ms", "p50_millis", 3),
        ("p99 ms", "p99_millis", 3),
        ("max ms", "max_millis", 3),
    ];
    format!(
        "Three connections use the token all the time. Below zero: the first refusal came before the return.\n\n{}\n\
         Streams with 20 events a second each; what counts is when the application sees the end.\n\n{}",
        table(&columns, figures.field("rows").list()),
        table(&streams, figures.field("streams").list())
    )
}

fn start(figures: &Json) -> String {
    let columns = [
        ("tokens", "tokens", 0),
        ("ready after ms", "ready_millis", 0),
        ("PSS when ready, KiB", "pss_kib", 0),
    ];
    format!(
        "`vk serve` to its line that says it is ready, median of {}. The vault is a file, whose key is slow to derive by design; \
         without tokens, that is nearly all.\n\n{}",
        cell(figures.field("starts"), 0),
        table(&columns, figures.field("rows").list())
    )
}

fn desktop(figures: &Json) -> String {
    let named = |field: &str, title: &str| {
        let parts = figures.field(field).list();
        let sum: f64 = parts.iter().filter_map(|part| part.field("pss_kib").number()).sum();
        let names: Vec<String> = parts
            .iter()
            .map(|part| format!("{} {}", part.field("process").text(), cell(part.field("pss_kib"), 0)))
            .collect();
        Json::object([
            ("what", (&*format!("{title} ({})", names.join(", "))).into()),
            ("pss_kib", sum.into()),
        ])
    };
    let rows = [named("tray", "the app in the tray"), named("window", "the app with its window open")];
    let bytes = figures.field("bytes").number().unwrap_or_default();
    format!(
        "Memory is PSS after 12 s at rest.\n\n{}\n`valetkey`, release build: {:.1} MB.\n",
        table(&[("what", "what", 0), ("KiB", "pss_kib", 0)], &rows),
        bytes / 1e6
    )
}
