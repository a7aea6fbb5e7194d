//! What is wanted of Valet Key, and whether these figures show it.

use super::table::table;
use crate::bench::{figures, json::Json};

const MIB: f64 = 1024.0;

/// A table with a line for each wish; what was not measured says so.
pub(super) fn accepted(all: &Json) -> String {
    let mut rows = Vec::new();
    load(all.field("load"), &mut rows);
    pieces(all.field("criterion"), &mut rows);
    revoke(all.field("revoke"), &mut rows);
    let gigabyte = all.field("transfer").field("gigabyte");
    let added = most(gigabyte.list(), "rss_added_kib").map(|kib| kib / MIB);
    rows.push(at_most("1 GiB each way through a slow reader: memory added, MiB", 8.0, added, 1));
    let events = front(all.field("events"), "Valet Key").map(|row| row.field("added_p99_micros"));
    rows.push(at_most(
        "SSE: delay added, p99 ms",
        1.0,
        events.and_then(Json::number).map(|micros| micros / 1e3),
        3,
    ));
    memory(all.field("memory"), &mut rows);
    records(all, &mut rows);
    table(
        &[("what", "what", 0), ("wanted", "wanted", 0), ("measured", "measured", 0), ("met", "met", 0)],
        &rows,
    )
}

fn load(figures: &Json, rows: &mut Vec<Json>) {
    let ours = |connections: f64, field: &str| {
        let of_ours = |row: &&Json| {
            row.field("front").text() == "Valet Key" && row.field("connections").number() == Some(connections)
        };
        figures.field("rows").list().iter().find(of_ours).and_then(|row| row.field(field).number())
    };
    for connections in [1.0, 16.0, 64.0, 256.0] {
        let what = format!("{connections} connections: processor time a request, of nginx");
        rows.push(at_most(&what, 1.0, ours(connections, "cpu_to_nginx"), 2));
    }
    for connections in [64.0, 256.0] {
        let what = format!("{connections} connections: requests/s, of nginx");
        rows.push(at_least(&what, 1.0, ours(connections, "rate_to_nginx"), 2));
        let what = format!("{connections} connections: p99, of nginx");
        rows.push(at_most(&what, 1.0, ours(connections, "p99_to_nginx"), 2));
    }
}

fn pieces(figures: &Json, rows: &mut Vec<Json>) {
    for (over, group) in [
        ("10 to 1,000,000 tokens", "look-up and decision by tokens "),
        ("10 to 10,000 operations", "look-up and decision by operations "),
    ] {
        let nanos: Vec<f64> = figures
            .field("rows")
            .list()
            .iter()
            .filter(|row| {
                let size = row.field("bench").text().strip_prefix(group);
                size.is_some_and(|size| size.bytes().all(|byte| byte.is_ascii_digit()))
            })
            .filter_map(|row| row.field("nanos").number())
            .collect();
        let (least, most) = figures::extremes(&nanos).unzip();
        rows.push(at_most(&format!("look-up and decision over {over}, most ns"), 1000.0, most, 0));
        let spread = most.zip(least).map(|(most, least)| most / least);
        rows.push(at_most(&format!("the same, most by least over {over}"), 1.3, spread, 2));
    }
}

fn revoke(figures: &Json, rows: &mut Vec<Json>) {
    let accepted = most(figures.field("rows").list(), "accepted_after");
    let rounds: f64 =
        figures.field("rows").list().iter().filter_map(|row| row.field("rounds").number()).sum();
    let what = format!("requests accepted after revoking returned, {rounds} rounds");
    rows.push(at_most(&what, 0.0, accepted, 0));
    for row in figures.field("streams").list() {
        let what =
            format!("busy streams cut after revoking returned, {} at once, max ms", row.field("streams"));
        rows.push(at_most(&what, 10.0, row.field("max_millis").number(), 3));
    }
}

fn memory(figures: &Json, rows: &mut Vec<Json>) {
    let ours = front(figures, "Valet Key");
    let open = ours.and_then(|row| row.field("connections").number());
    rows.push(at_least("idle connections that stay open", 10_000.0, open, 0));
    let added = ours.and_then(|row| row.field("pss_added_kib").number()).map(|kib| kib / MIB);
    rows.push(at_most("memory that they add, MiB", 100.0, added, 1));
}

fn records(all: &Json, rows: &mut Vec<Json>) {
    for part in ["load", "transfer", "tls"] {
        let of = |name: &str| all.field(part).field(name).number();
        let (served, records) = (of("requests_served"), of("records"));
        let met = served.zip(records).map(|(served, records)| (served - records).abs() < 0.5);
        let measured = served.zip(records).map(|(served, records)| format!("{records} of {served}"));
        rows.push(row(
            &format!("records of activity, {part}"),
            "as many as requests",
            measured.as_deref(),
            met,
        ));
    }
}

fn front<'j>(figures: &'j Json, name: &str) -> Option<&'j Json> {
    figures.field("rows").list().iter().find(|row| row.field("front").text() == name)
}

fn most(rows: &[Json], field: &str) -> Option<f64> {
    rows.iter().filter_map(|row| row.field(field).number()).reduce(f64::max)
}

fn at_most(what: &str, limit: f64, measured: Option<f64>, decimals: usize) -> Json {
    let text = measured.map(|value| format!("{value:.decimals$}"));
    row(what, &format!("≤ {limit}"), text.as_deref(), measured.map(|value| value <= limit))
}

fn at_least(what: &str, limit: f64, measured: Option<f64>, decimals: usize) -> Json {
    let text = measured.map(|value| format!("{value:.decimals$}"));
    row(what, &format!("≥ {limit}"), text.as_deref(), measured.map(|value| value >= limit))
}

fn row(what: &str, wanted: &str, measured: Option<&str>, met: Option<bool>) -> Json {
    let met = met.map_or("–", |met| if met { "yes" } else { "**no**" });
    Json::object([
        ("what", what.into()),
        ("wanted", wanted.into()),
        ("measured", measured.unwrap_or("not measured").into()),
        ("met", met.into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_met_missed_or_not_measured() {
        let load = Json::object([(
            "rows",
            Json::List(vec![Json::object([
                ("front", "Valet Key".into()),
                ("connections", 64_u32.into()),
                ("cpu_to_nginx", 0.9.into()),
                ("rate_to_nginx", 0.8.into()),
            ])]),
        )]);
        let text = accepted(&Json::object([("load", load)]));
        assert!(
            text.contains("| 64 connections: processor time a request, of nginx | ≤ 1 | 0.90 | yes |"),
            "{text}"
        );
        assert!(text.contains("| 64 connections: requests/s, of nginx | ≥ 1 | 0.80 | **no** |"), "{text}");
        assert!(text.contains("| 64 connections: p99, of nginx | ≤ 1 | not measured | – |"), "{text}");
    }
}
