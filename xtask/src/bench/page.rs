//! The figures as a page for people and as JSON for programs: `docs/performance.md` is made of `docs/performance.json` and
//! nothing else. What it says beyond figures is kept in `docs/performance-notes.md`, written by hand and put under them.

mod accepted;
mod plot;
mod sections;
mod table;

use std::{fmt::Write, fs};

use super::{json::Json, options::Part};
use crate::{
    error::{Error, Result},
    repo::Repo,
};

/// Puts these parts in the place of their former figures, and writes everything anew.
pub(super) fn write(repo: &Repo, measured: &[(Part, Json)]) -> Result<()> {
    let docs = repo.root().join("docs");
    let path = docs.join("performance.json");
    let former = fs::read_to_string(&path).ok().and_then(|text| Json::parse(&text)).unwrap_or(Json::Null);
    let all = Part::ALL.into_iter().fold(Json::Object(Vec::new()), |all, part| {
        let new = measured.iter().find(|(of, _)| *of == part).map(|(_, figures)| figures);
        let figures = new.unwrap_or_else(|| former.field(part.name()));
        if *figures == Json::Null { all } else { all.with(part.name(), figures.clone()) }
    });
    let notes = fs::read_to_string(docs.join("performance-notes.md")).unwrap_or_default();
    let plots = docs.join("performance");
    fs::create_dir_all(&plots).map_err(Error::io("making", &plots))?;
    let drawn = plot::all(&all).into_iter().map(|(name, svg)| (format!("performance/{name}.svg"), svg));
    let texts =
        [("performance.json", format!("{all}\n")), ("performance.md", format!("{}{notes}", page(&all)))];
    for (name, text) in texts.map(|(name, text)| (name.to_owned(), text)).into_iter().chain(drawn) {
        let path = docs.join(&name);
        fs::write(&path, text).map_err(Error::io("writing", &path))?;
        println!("Written: docs/{name}");
    }
    Ok(())
}

fn page(all: &Json) -> String {
    let parts = || Part::ALL.into_iter().map(|part| (part, all.field(part.name())));
    let present = || parts().filter(|(_, figures)| **figures != Json::Null);
    // Dates as they are written sort by time.
    let newest = present()
        .map(|(_, figures)| figures.field("machine"))
        .max_by(|a, b| a.field("date").text().cmp(b.field("date").text()));
    // Writing into a string does not fail, here and below.
    let mut page = format!(
        "# Performance\n\nMeasured by `cargo xtask bench`, everything on one machine over loopback, what is compared in turns. \
         The newest figures are of {}. Ratios are between figures of one run.\n",
        newest.map(described).unwrap_or_default()
    );
    let _ = write!(page, "\n## Wanted and measured\n\n{}", accepted::accepted(all));
    for (part, figures) in present() {
        let machine = figures.field("machine");
        let quick = if *figures.field("quick") == Json::Bool(true) { ", with short rounds" } else { "" };
        let elsewhere = newest.filter(|newest| !is_same_machine(newest, machine)).map(|_| described(machine));
        let _ = write!(
            page,
            "\n## {}\n\n*{}{quick}: `{}`. Load averages at the end: {}.{}*\n\n{}{}",
            part.title(),
            machine.field("date").text(),
            figures.field("command").text(),
            machine.field("load_averages").text(),
            elsewhere.map(|other| format!(" {other}.")).unwrap_or_default(),
            sections::of(part, figures),
            plot::shown(part.name())
        );
    }
    page
}

fn described(machine: &Json) -> String {
    let number = |name: &str| machine.field(name).number().unwrap_or_default();
    format!(
        "{}: {} cores, {}, {:.0} GiB, Linux {}; nginx {}, HAProxy {}, wrk {}",
        machine.field("date").text(),
        number("cores"),
        machine.field("cpu").text(),
        number("memory_kib") / f64::from(1 << 20),
        machine.field("kernel").text(),
        machine.field("nginx").text(),
        machine.field("haproxy").text(),
        machine.field("wrk").text()
    )
}

fn is_same_machine(one: &Json, other: &Json) -> bool {
    ["cores", "cpu", "memory_kib", "kernel", "nginx", "haproxy", "wrk"]
        .iter()
        .all(|field| one.field(field) == other.field(field))
}
