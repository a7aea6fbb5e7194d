//! The figures as a page for people and as JSON for programs. What the page says beyond figures is kept in
//! `docs/performance-notes.md`, which is written by hand and put under them.

use std::{fmt::Write, fs};

use super::{
    definition::GRANTS,
    desktop::Part,
    figures::Figures,
    load::{Front, Load},
};
use crate::{
    error::{Error, Result},
    repo::Repo,
};

pub(super) fn write(repo: &Repo, figures: &Figures) -> Result<()> {
    let docs = repo.root().join("docs");
    let notes = fs::read_to_string(docs.join("performance-notes.md")).unwrap_or_default();
    for (name, text) in
        [("performance.md", format!("{}{notes}", page(figures))), ("performance.json", json(figures))]
    {
        let path = docs.join(name);
        fs::write(&path, text).map_err(Error::io("writing", &path))?;
        println!("Written: docs/{name}");
    }
    Ok(())
}

fn page(figures: &Figures) -> String {
    let machine = &figures.machine;
    let command = if figures.app.is_some() { "cargo xtask bench --desktop" } else { "cargo xtask bench" };
    let mut page = format!(
        "# Performance\n\nMeasured by `{command}` on {}: {} cores, {}, Linux {}; nginx {}. Load averages at the end: {}.\n\
         One run, everything on one machine over loopback, what is compared in turns.\n\n\
         ## Requests a second\n\n\
         wrk with one thread, 3 rounds of 5 s each, medians. The upstream is nginx with a reply of 70 bytes. Valet Key has a \
         definition of 900 operations and a limited token with {GRANTS} grants, and records each request. nginx (2 workers) \
         compares one fixed token, swaps the header, keeps 64 connections, and records nothing. Processor time is that of the \
         proxy's own processes, the kernel's share with it.\n\n\
         | connections | in front | requests/s | of nginx | p50 µs | p99 µs | processor µs/request | of nginx |\n\
         | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        machine.date, machine.cores, machine.model, machine.kernel, machine.nginx, machine.busy
    );
    for load in &figures.loads {
        let (rate, cpu) = ratios(&figures.loads, load);
        let cell = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
        };
        // Writing into a string does not fail, here and below.
        let _ = writeln!(
            page,
            "| {} | {} | {:.0} | {} | {:.0} | {:.0} | {} | {} |",
            load.connections,
            load.front.name(),
            load.requests_a_second,
            cell(rate, 2),
            load.p50_micros,
            load.p99_micros,
            cell(load.cpu_micros, 1),
            cell(cpu, 2),
        );
    }
    let [direct, gateway] = [figures.latency.direct, figures.latency.gateway];
    let _ = write!(
        page,
        "\n## One request at a time\n\nOne connection that stays open, 20,000 requests each, in turns of 2,000.\n\n\
         | | p50 µs | p99 µs |\n| --- | ---: | ---: |\n\
         | direct | {:.1} | {:.1} |\n| through the gateway | {:.1} | {:.1} |\n| **added** | {:.1} | {:.1} |\n\n\
         Records of activity: {} for {} requests.\n\n\
         ## Revoking\n\nThree connections use the token all the time. Below zero: the first refusal came before the return.\n\n\
         | revoked by | rounds | accepted after the return | first refusal after the return, max ms | \
         first answer to a request begun after the return, max ms | asking to return, p50 ms | max ms |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        direct[0],
        direct[1],
        gateway[0],
        gateway[1],
        gateway[0] - direct[0],
        gateway[1] - direct[1],
        figures.activity.records,
        figures.activity.requests,
    );
    for one in &figures.revocations {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {:.3} | {:.3} | {:.3} | {:.3} |",
            one.how,
            one.rounds,
            one.accepted_after,
            one.first_refusal_max,
            one.next_answer_max,
            one.took[0],
            one.took[1]
        );
    }
    page.push_str(
        "\n## Start\n\n`vk serve` to its line that says it is ready, median of 5. The vault is a file, whose key is slow to \
         derive by design; without tokens, that is nearly all.\n\n| tokens | ready after ms | memory when ready, KiB |\n\
         | ---: | ---: | ---: |\n",
    );
    for start in &figures.starts {
        let _ = writeln!(page, "| {} | {:.0} | {} |", start.tokens, start.millis, start.memory);
    }
    let _ = write!(
        page,
        "\n## Memory and size\n\nMemory is PSS, from `smaps_rollup`.\n\n| what | |\n| --- | ---: |\n\
         | `vk serve` before its first request | {} KiB |\n| `vk serve` after the load above | {} KiB |\n\
         | `vk`, release build | {:.1} MB |\n",
        figures.memory_fresh,
        figures.memory_after,
        megabytes(figures.vk_bytes)
    );
    if let Some(app) = &figures.app {
        let _ = write!(
            page,
            "| the app in the tray ({}) | {} KiB |\n| the app with its window open ({}) | {} KiB |\n\
             | `valetkey`, release build | {:.1} MB |\n",
            names(&app.hidden),
            sum(&app.hidden),
            names(&app.open),
            sum(&app.open),
            megabytes(app.bytes)
        );
    } else {
        page.push_str("\nThe desktop app was not measured in this run.\n");
    }
    page
}

/// Requests a second and processor time as shares of nginx's.
fn ratios(loads: &[Load], load: &Load) -> (Option<f64>, Option<f64>) {
    let nginx = loads.iter().find(|o| o.front == Front::Nginx && o.connections == load.connections);
    let rate = nginx.map(|nginx| load.requests_a_second / nginx.requests_a_second);
    let cpu = nginx.and_then(|nginx| Some(load.cpu_micros? / nginx.cpu_micros?));
    (rate, cpu)
}

fn names(parts: &[Part]) -> String {
    let each: Vec<String> = parts.iter().map(|part| format!("{} {}", part.name, part.memory)).collect();
    each.join(", ")
}

fn sum(parts: &[Part]) -> u64 {
    parts.iter().map(|part| part.memory).sum()
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^53")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn json(figures: &Figures) -> String {
    let machine = &figures.machine;
    let loads: Vec<String> = figures
        .loads
        .iter()
        .map(|load| {
            let (rate, cpu) = ratios(&figures.loads, load);
            format!(
                "    {{\"front\": \"{}\", \"connections\": {}, \"requests_per_second\": {}, \"p50_micros\": {}, \
                 \"p99_micros\": {}, \"cpu_micros_per_request\": {}, \"rate_to_nginx\": {}, \"cpu_to_nginx\": {}}}",
                load.front.name(),
                load.connections,
                number(Some(load.requests_a_second)),
                number(Some(load.p50_micros)),
                number(Some(load.p99_micros)),
                number(load.cpu_micros),
                number(rate),
                number(cpu)
            )
        })
        .collect();
    let revocations: Vec<String> = figures
        .revocations
        .iter()
        .map(|one| {
            format!(
                "    {{\"how\": \"{}\", \"rounds\": {}, \"accepted_after\": {}, \"first_refusal_max_millis\": {}, \
                 \"next_answer_max_millis\": {}, \"took_p50_millis\": {}, \"took_max_millis\": {}}}",
                one.how,
                one.rounds,
                one.accepted_after,
                number(Some(one.first_refusal_max)),
                number(Some(one.next_answer_max)),
                number(Some(one.took[0])),
                number(Some(one.took[1]))
            )
        })
        .collect();
    let starts: Vec<String> = figures
        .starts
        .iter()
        .map(|one| {
            let millis = number(Some(one.millis));
            format!(
                "    {{\"tokens\": {}, \"ready_millis\": {millis}, \"pss_kib\": {}}}",
                one.tokens, one.memory
            )
        })
        .collect();
    let app = figures.app.as_ref().map_or_else(
        || "null".to_owned(),
        |app| {
            let (hidden, open) = (sum(&app.hidden), sum(&app.open));
            format!("{{\"bytes\": {}, \"tray_pss_kib\": {hidden}, \"window_pss_kib\": {open}}}", app.bytes)
        },
    );
    let [direct, gateway] = [figures.latency.direct, figures.latency.gateway];
    format!(
        "{{\n  \"date\": \"{}\",\n  \"machine\": {{\"cores\": {}, \"cpu\": \"{}\", \"kernel\": \"{}\", \"load_averages\": \"{}\", \
         \"nginx\": \"{}\"}},\n  \"load\": [\n{}\n  ],\n  \
         \"latency_micros\": {{\"direct_p50\": {:.1}, \"direct_p99\": {:.1}, \"gateway_p50\": {:.1}, \"gateway_p99\": {:.1}}},\n  \
         \"activity\": {{\"requests\": {}, \"records\": {}}},\n  \"revoke\": [\n{}\n  ],\n  \"start\": [\n{}\n  ],\n  \
         \"vk\": {{\"bytes\": {}, \"pss_kib_before_requests\": {}, \"pss_kib_after_load\": {}}},\n  \"app\": {app}\n}}\n",
        machine.date,
        machine.cores,
        machine.model,
        machine.kernel,
        machine.busy,
        machine.nginx,
        loads.join(",\n"),
        direct[0],
        direct[1],
        gateway[0],
        gateway[1],
        figures.activity.requests,
        figures.activity.records,
        revocations.join(",\n"),
        starts.join(",\n"),
        figures.vk_bytes,
        figures.memory_fresh,
        figures.memory_after,
    )
}

/// JSON has no word for what is not a number.
fn number(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map_or_else(|| "null".to_owned(), |value| format!("{value:.3}"))
}
