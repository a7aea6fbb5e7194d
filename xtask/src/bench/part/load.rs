//! Requests a second, their latency, processor time and memory, with 70 bytes of JSON.

use std::time::{Duration, Instant};

use crate::{
    bench::{
        control::Control,
        counters::Counters,
        definition,
        figures::median,
        front::{Behind, Front},
        json::Json,
        pause::pause,
        process::{Process, family_pss},
        scene::{Scene, Target},
    },
    error::{Error, Result},
};

const CONNECTIONS: [u32; 4] = [1, 16, 64, 256];
/// How long records may take to be taken over.
const TAKEN_OVER: Duration = Duration::from_secs(20);

/// Between two looks at the counts.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// One round of one front.
struct Round {
    requests_a_second: f64,
    micros: [f64; 3],
    /// Microseconds of the front's own processes for a request.
    cpu: Option<f64>,
    instructions: Option<f64>,
    pss: Option<u64>,
    errors: f64,
}

/// What the upstream served and what was recorded, over all rounds of Valet Key.
#[derive(Default)]
struct Counted {
    served: u64,
    records: u64,
}

/// All fronts in turns, at each number of connections.
pub(in crate::bench) fn measure(scene: &Scene) -> Result<Json> {
    in_turns(scene, Behind::Small, &CONNECTIONS, definition::PATH)
}

/// The same for any path of any upstream.
pub(super) fn in_turns(scene: &Scene, behind: Behind, connections: &[u32], path: &str) -> Result<Json> {
    let (rounds, seconds) = scene.pace.pick((3_u32, 1), (3, 3));
    let (mut rows, mut counted) = (Vec::new(), Counted::default());
    for &connections in connections {
        let fronts: Vec<(Front, Target<'_>)> =
            Front::ALL.into_iter().filter_map(|front| Some((front, scene.target(front, behind)?))).collect();
        let mut of: Vec<Vec<Round>> = fronts.iter().map(|_| Vec::new()).collect();
        // One more than counts: the first of each warms up pools, caches and the other side.
        for number in 0..=rounds {
            let seconds = if number == 0 { 1 } else { seconds };
            for ((front, target), of) in fronts.iter().zip(&mut of) {
                let round = round(scene, *front, target, path, connections, seconds, &mut counted)?;
                if number > 0 {
                    of.push(round);
                }
            }
        }
        let of: Vec<(Front, Vec<Round>)> = fronts.iter().map(|(front, _)| *front).zip(of).collect();
        rows.extend(summed_up(&of, connections));
    }
    println!(
        "  Valet Key: {} requests reached the upstream, {} were recorded",
        counted.served, counted.records
    );
    Ok(Json::object([
        ("rounds", Json::from(rounds)),
        ("seconds", Json::from(seconds)),
        ("rows", Json::List(rows)),
        ("requests_served", counted.served.into()),
        ("records", counted.records.into()),
    ]))
}

fn round(
    scene: &Scene,
    front: Front,
    target: &Target<'_>,
    path: &str,
    connections: u32,
    seconds: u32,
    counted: &mut Counted,
) -> Result<Round> {
    let before = Before::now(scene, front)?;
    let cpu_before = target.process.map(Process::cpu_seconds);
    let counters = target.process.and_then(Counters::start);
    let (run, pss) = scene
        .wrk
        .run(&target.url(path), target.token, connections, seconds, || target.process.map(family_pss))?;
    // Records are taken over in the background: that work belongs to the requests, so it is waited for before the clock
    // of the processor is read again.
    before.count(scene, counted)?;
    let spent =
        target.process.map(Process::cpu_seconds).zip(cpu_before).map(|(after, before)| after - before);
    let instructions = counters.and_then(Counters::end);
    let round = Round {
        requests_a_second: run.requests_a_second(),
        micros: run.micros,
        cpu: spent.map(|seconds| seconds / run.requests * 1e6),
        instructions: instructions.map(|all| all / run.requests),
        pss,
        errors: run.errors,
    };
    println!(
        "  {:<11} {connections:>3} connections: {:>7.0} requests/s, p50 {:.0}, p99 {:.0}, p99.9 {:.0} µs, {:.1} µs of processor, {} KiB, {} errors",
        front.name(),
        round.requests_a_second,
        round.micros[0],
        round.micros[1],
        round.micros[2],
        round.cpu.unwrap_or_default(),
        round.pss.unwrap_or_default(),
        round.errors
    );
    if front != Front::Mitmproxy && round.errors > 0.0 {
        let hint = format!("{} failed at {connections} connections.", front.name());
        return Err(Error::Needed { what: "A round without failed requests".to_owned(), hint });
    }
    Ok(round)
}

/// Counts before a round of Valet Key; empty for the others.
struct Before(Option<(Control, u64, u64)>);

impl Before {
    fn now(scene: &Scene, front: Front) -> Result<Self> {
        if front != Front::ValetKey {
            return Ok(Self(None));
        }
        let mut control = Control::connect(&scene.vk.profile)?;
        let newest = control.newest()?;
        Ok(Self(Some((control, newest, scene.upstream.served()?))))
    }

    /// What came since. wrk's own count lacks the replies that were on their way when it stopped; the upstream's has
    /// them. So it is the upstream's that the records must equal.
    fn count(self, scene: &Scene, counted: &mut Counted) -> Result<()> {
        let Some((mut control, newest, served)) = self.0 else { return Ok(()) };
        let start = Instant::now();
        let mut last = (0, 0);
        loop {
            let now = (scene.upstream.served()? - served, control.newest()? - newest);
            if (now.0 == now.1 && now == last) || start.elapsed() > TAKEN_OVER {
                counted.served += now.0;
                counted.records += now.1;
                return Ok(());
            }
            last = now;
            // Asking costs the gateway processor time, and would be measured with the rest.
            pause(BETWEEN_LOOKS);
        }
    }
}

/// A row for each front, with its ratios to nginx.
fn summed_up(of: &[(Front, Vec<Round>)], connections: u32) -> Vec<Json> {
    let middle = |rounds: &[Round], value: fn(&Round) -> f64| median(rounds.iter().map(value));
    let nginx = of.iter().find(|(front, _)| *front == Front::Nginx).map(|(_, rounds)| rounds);
    let to_nginx = |rounds: &[Round], value: fn(&Round) -> f64| {
        nginx.map(|nginx| middle(rounds, value) / middle(nginx, value))
    };
    let rate = |round: &Round| round.requests_a_second;
    let cpu = |round: &Round| round.cpu.unwrap_or(f64::NAN);
    let p99 = |round: &Round| round.micros[1];
    of.iter()
        .map(|(front, rounds)| {
            let rates = || rounds.iter().map(rate);
            Json::object([
                ("connections", connections.into()),
                ("front", front.name().into()),
                ("requests_per_second", median(rates()).into()),
                ("lowest", rates().fold(f64::INFINITY, f64::min).into()),
                ("highest", rates().fold(0.0, f64::max).into()),
                ("p50_micros", middle(rounds, |round| round.micros[0]).into()),
                ("p99_micros", middle(rounds, p99).into()),
                ("p999_micros", middle(rounds, |round| round.micros[2]).into()),
                ("cpu_micros_per_request", middle(rounds, cpu).into()),
                (
                    "instructions_per_request",
                    middle(rounds, |round| round.instructions.unwrap_or(f64::NAN)).into(),
                ),
                ("pss_kib", rounds.iter().filter_map(|round| round.pss).max().into()),
                ("errors", rounds.iter().map(|round| round.errors).sum::<f64>().into()),
                ("rate_to_nginx", to_nginx(rounds, rate).into()),
                ("cpu_to_nginx", to_nginx(rounds, cpu).into()),
                ("p99_to_nginx", to_nginx(rounds, p99).into()),
            ])
        })
        .collect()
}
