//! How much later an event comes through a front.

use crate::{
    bench::{
        benchkit,
        figures::{median, quantile},
        front::{Behind, Front},
        json::Json,
        scene::Scene,
    },
    error::Result,
    repo::Repo,
};

/// Streams at the same time, 20 events a second each.
const STREAMS: &str = "100";
const PATH: &str = "/groups/g19/items/events/part44";

/// Microseconds of one round: p50, p99 and the most of all events, p50 and p99 of the first of each stream.
type Round = [f64; 5];

/// All fronts in turns.
pub(in crate::bench) fn measure(repo: &Repo, scene: &Scene) -> Result<Json> {
    let (rounds, seconds) = scene.pace.pick((1_u32, "3"), (5, "5"));
    let mut of: Vec<(Front, Vec<Round>)> = Front::ALL
        .into_iter()
        .filter(|front| scene.target(*front, Behind::Streams).is_some())
        .map(|front| (front, Vec::new()))
        .collect();
    for _ in 0..rounds {
        for (front, rounds) in &mut of {
            let Some(target) = scene.target(*front, Behind::Streams) else { continue };
            let (port, path) = (target.port.to_string(), target.path(PATH));
            let told = benchkit::ask(repo, ["events", &port, &path, target.token, STREAMS, seconds])?;
            let [mut first, mut later] = ["first", "later"]
                .map(|name| benchkit::numbers(&told, name).into_iter().map(|n| n / 1e3).collect::<Vec<_>>());
            let at = |values: &mut Vec<f64>, share| quantile(values, share);
            rounds.push([
                at(&mut later, 0.5),
                at(&mut later, 0.99),
                at(&mut later, 1.0),
                at(&mut first, 0.5),
                at(&mut first, 0.99),
            ]);
        }
    }
    let middle = |rounds: &[Round], which: usize| median(rounds.iter().map(|round| round[which]));
    let direct =
        of.first().map(|(_, rounds)| [0, 1, 2, 3, 4].map(|which| middle(rounds, which))).unwrap_or_default();
    let rows = of.iter().map(|(front, rounds)| {
        let [p50, p99, most, first_p50, first_p99] = [0, 1, 2, 3, 4].map(|which| middle(rounds, which));
        println!(
            "  {:<11} p50 {p50:.0}, p99 {p99:.0}, most {most:.0} µs; first event p50 {first_p50:.0}, p99 {first_p99:.0} µs",
            front.name()
        );
        Json::object([
            ("front", front.name().into()),
            ("p50_micros", p50.into()),
            ("p99_micros", p99.into()),
            ("max_micros", most.into()),
            ("added_p50_micros", (p50 - direct[0]).into()),
            ("added_p99_micros", (p99 - direct[1]).into()),
            ("first_p50_micros", first_p50.into()),
            ("first_p99_micros", first_p99.into()),
            ("added_first_p50_micros", (first_p50 - direct[3]).into()),
            ("added_first_p99_micros", (first_p99 - direct[4]).into()),
        ])
    });
    Ok(Json::object([("rounds", rounds.into()), ("rows", Json::List(rows.collect()))]))
}
