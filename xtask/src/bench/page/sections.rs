//! What the page says of each part.

use super::table::{Column, cell, table};
use crate::bench::{definition::GRANTS, json::Json, options::Part};

/// The body of a part's section.
pub(super) fn of(part: Part, figures: &Json) -> String {
    match part {
        Part::Load => load(figures),
        Part::Latency => latency(figures),
        Part::Revoke => revoke(figures),
        Part::Start => start(figures),
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
    format!(
        "Three connections use the token all the time. Below zero: the first refusal came before the return.\n\n{}",
        table(&columns, figures.field("rows").list())
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
