//! How long `vk serve` takes until it says that it is ready.

use std::{thread, time::Instant};

use crate::{
    bench::{control::Control, figures::quantile, json::Json, scene::Scene, vk},
    error::{Error, Result},
};

const TOKENS: usize = 10_000;
/// Conversations that create tokens at the same time.
const HANDS: usize = 4;
const STARTS: usize = 5;

/// Without tokens, which is the vault's share, and with many.
pub(in crate::bench) fn measure(scene: &Scene) -> Result<Json> {
    let many = scene.other("many")?;
    vk::run(many.command(&["service", "add", "sandbox", "--kind", "sandbox"]), "")?;
    let mut rows = Vec::new();
    for tokens in [0, TOKENS] {
        if tokens > 0 {
            let served = many.serve()?;
            let start = Instant::now();
            create(&many.profile, tokens)?;
            println!("  {tokens} tokens created in {:.1} s", start.elapsed().as_secs_f64());
            drop(served);
        }
        let (mut times, mut memory) = (Vec::new(), 0);
        for _ in 0..STARTS {
            let served = many.serve()?;
            times.push(served.ready_after.as_secs_f64() * 1e3);
            memory = served.process.pss()?;
        }
        let millis = quantile(&mut times, 0.5);
        println!("  {tokens} tokens: ready after {millis:.0} ms (all: {times:.0?}), {memory} KiB");
        rows.push(Json::object([
            ("tokens", tokens.into()),
            ("ready_millis", millis.into()),
            ("pss_kib", memory.into()),
        ]));
    }
    Ok(Json::object([("starts", Json::from(STARTS)), ("rows", Json::List(rows))]))
}

fn create(profile: &std::path::Path, tokens: usize) -> Result<()> {
    let lost = || Error::Needed { what: "Every token".to_owned(), hint: String::new() };
    thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                scope.spawn(move || {
                    let mut control = Control::connect(profile)?;
                    let grants = ["sandbox:namespace=web:environment.view".to_owned()];
                    (hand..tokens)
                        .step_by(HANDS)
                        .try_for_each(|number| control.create(&format!("token-{number}"), &grants).map(drop))
                })
            })
            .collect();
        hands.into_iter().try_for_each(|hand| hand.join().map_err(|_| lost())?)
    })
}
