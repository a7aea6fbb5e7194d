//! Bars, as SVG that reads well on a light page and on a dark one.

use std::fmt::Write;

use crate::bench::json::Json;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
/// Room around the bars: left, top, right, bottom.
const ROOM: [f64; 4] = [64.0, 64.0, 12.0, 32.0];
/// One for each front, in the order in which they appear; told apart without colour vision by their brightness too.
const COLOURS: [&str; 6] = ["#8a8f98", "#d9480f", "#1c7ed6", "#37b24d", "#9c6ade", "#c2a200"];

/// What is drawn: the file's name, the part, its title, the field of each row.
const PLOTS: [(&str, &str, &str, &str); 5] = [
    ("requests", "load", "Requests a second, by connections", "requests_per_second"),
    ("processor", "load", "Processor time a request, µs, by connections", "cpu_micros_per_request"),
    ("p99", "load", "p99 latency, µs, by connections", "p99_micros"),
    ("tls", "tls", "Requests a second with TLS to the service, by connections", "requests_per_second"),
    ("events", "events", "Delay of an event, p99 µs", "p99_micros"),
];

/// Names and texts of all that there are figures for.
pub(super) fn all(figures: &Json) -> Vec<(&'static str, String)> {
    PLOTS
        .iter()
        .filter_map(|(name, part, title, field)| {
            let rows = figures.field(part).field("rows").list();
            (!rows.is_empty()).then(|| (*name, bars(title, rows, field)))
        })
        .collect()
}

/// The plots of one part, as the page shows them.
pub(super) fn shown(part: &str) -> String {
    PLOTS.iter().filter(|(_, of, _, _)| *of == part).fold(String::new(), |mut text, (name, _, title, _)| {
        // Writing into a string does not fail, here and below.
        let _ = writeln!(text, "\n![{title}](performance/{name}.svg)");
        text
    })
}

/// A group for each number of connections, a bar for each front.
fn bars(title: &str, rows: &[Json], field: &str) -> String {
    let [left, top, right, bottom] = ROOM;
    let (groups, fronts) = (distinct(rows, "connections"), distinct(rows, "front"));
    let value = |row: &Json| row.field(field).number().unwrap_or(0.0);
    let most = nice(rows.iter().map(value).fold(0.0, f64::max));
    let (wide, high) = (WIDTH - left - right, HEIGHT - top - bottom);
    let group_width = wide / count(groups.len());
    let bar = group_width * 0.84 / count(fronts.len());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">\n\
         <style>svg {{ color: #24292f }} @media (prefers-color-scheme: dark) {{ svg {{ color: #d0d7de }} }} \
         text {{ font: 12px sans-serif; fill: currentColor }} line {{ stroke: currentColor; opacity: .2 }}</style>\n\
         <text x=\"{left}\" y=\"18\" font-weight=\"bold\">{title}</text>\n"
    );
    for step in 0..=4 {
        let share = f64::from(step) / 4.0;
        let y = top + high * (1.0 - share);
        let _ = writeln!(
            svg,
            "<line x1=\"{left}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{:.0}</text>",
            WIDTH - right,
            left - 6.0,
            y + 4.0,
            most * share
        );
    }
    for (place, front) in fronts.iter().enumerate() {
        let x = left + count(place) * 112.0;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.0}\" y=\"32\" width=\"10\" height=\"10\" fill=\"{}\"/><text x=\"{:.0}\" y=\"41\">{}</text>",
            colour(place),
            x + 15.0,
            front.text()
        );
    }
    for (group, connections) in groups.iter().enumerate() {
        let x = left + group_width * (count(group) + 0.08);
        for row in rows.iter().filter(|row| row.field("connections") == *connections) {
            let Some(place) = fronts.iter().position(|front| row.field("front") == *front) else { continue };
            let tall = if most > 0.0 { high * value(row) / most } else { 0.0 };
            let _ = writeln!(
                svg,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\" fill=\"{}\"><title>{}: {:.1}</title></rect>",
                x + bar * count(place),
                top + high - tall,
                bar * 0.9,
                colour(place),
                row.field("front").text(),
                value(row)
            );
        }
        if **connections != Json::Null {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{connections}</text>",
                x + group_width * 0.42,
                HEIGHT - bottom + 18.0
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn distinct<'j>(rows: &'j [Json], field: &str) -> Vec<&'j Json> {
    rows.iter().map(|row| row.field(field)).fold(Vec::new(), |mut found, value| {
        if !found.contains(&value) {
            found.push(value);
        }
        found
    })
}

/// The next number that a person would write on an axis.
fn nice(most: f64) -> f64 {
    let scale = 10.0_f64.powf(most.max(1.0).log10().floor());
    [1.0, 2.0, 4.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * scale)
        .find(|edge| *edge >= most)
        .unwrap_or(most)
}

fn colour(place: usize) -> &'static str {
    COLOURS[place % COLOURS.len()]
}

#[expect(clippy::cast_precision_loss, reason = "a handful of groups and bars")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_bar_and_every_front_a_name() {
        let row = |front: &str, connections: u32| {
            Json::object([
                ("front", front.into()),
                ("connections", connections.into()),
                ("requests_per_second", 900.0.into()),
            ])
        };
        let rows = Json::List(vec![row("a", 1), row("b", 1), row("a", 64), row("b", 64)]);
        let drawn = all(&Json::object([("load", Json::object([("rows", rows)]))]));
        let (name, svg) = &drawn[0];
        assert_eq!((*name, svg.matches("<title>").count(), svg.matches("<rect").count()), ("requests", 4, 6));
        assert!(svg.contains(">1000</text>"), "the axis ends at a round number: {svg}");
    }
}
