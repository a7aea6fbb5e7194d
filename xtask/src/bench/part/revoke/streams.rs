//! Streams that are busy when their token is revoked.

use crate::{
    bench::{
        benchkit,
        control::Control,
        definition,
        figures::quantile,
        front::{Behind, Front},
        json::Json,
        scene::{self, Scene},
    },
    error::Result,
    repo::Repo,
};

const PATH: &str = "/groups/g19/items/events/part44";

/// One stream, and a thousand.
pub(super) fn measure(repo: &Repo, scene: &Scene) -> Result<Json> {
    let plans = scene.pace.pick([(1, 20), (1_000, 2)], [(1, 500), (1_000, 20)]);
    let rows = plans.map(|(streams, rounds)| of(repo, scene, streams, rounds));
    Ok(Json::List(rows.into_iter().collect::<Result<_>>()?))
}

fn of(repo: &Repo, scene: &Scene, streams: usize, rounds: usize) -> Result<Json> {
    let Some(target) = scene.target(Front::ValetKey, Behind::Streams) else { return Ok(Json::Null) };
    let mut control = Control::connect(&scene.vk.profile)?;
    let socket = scene.vk.profile.join("control.sock").to_string_lossy().into_owned();
    let (port, path, count) = (target.port.to_string(), target.path(PATH), streams.to_string());
    let mut late = Vec::new();
    for round in 0..rounds {
        let name = format!("{streams} streams, {round}");
        let token = control.create(&name, &definition::grants(scene::service(Behind::Streams)))?;
        let told = benchkit::ask(repo, ["cut", &port, &path, &token, &count, &socket, &name])?;
        late.extend(benchkit::numbers(&told, "cut").into_iter().map(|nanos| nanos / 1e6));
    }
    let [p50, p99, most] = [0.5, 0.99, 1.0].map(|share| quantile(&mut late, share));
    println!(
        "  {streams} busy streams, {rounds} rounds: cut p50 {p50:.3}, p99 {p99:.3}, at most {most:.3} ms after the return"
    );
    Ok(Json::object([
        ("streams", streams.into()),
        ("rounds", rounds.into()),
        ("cut", late.len().into()),
        ("p50_millis", p50.into()),
        ("p99_millis", p99.into()),
        ("max_millis", most.into()),
    ]))
}
