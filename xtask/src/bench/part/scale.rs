//! Whether a request costs the same whatever the profile holds.

use std::{fs, path::PathBuf};

use crate::{
    bench::{
        benchkit,
        control::Control,
        definition,
        figures::{median, quantile},
        json::Json,
        scene::Scene,
        vk::{self, Served, Vk},
    },
    error::{Error, Result},
    repo::Repo,
};

const CONNECTIONS: u32 = 16;
const STARTS: usize = 3;

/// What a profile holds.
#[derive(Clone, Copy)]
struct Size {
    tokens: usize,
    services: usize,
    operations: usize,
}

const SIZES: [Size; 6] = [
    Size { tokens: 10, services: 1, operations: 900 },
    Size { tokens: 10_000, services: 1, operations: 900 },
    Size { tokens: 1_000_000, services: 1, operations: 900 },
    Size { tokens: 10, services: 1_000, operations: 900 },
    Size { tokens: 10, services: 1, operations: 10 },
    Size { tokens: 10, services: 1, operations: 10_000 },
];

/// A profile of one size, being served.
struct Sized {
    size: Size,
    served: Served,
    profile: PathBuf,
    token: String,
    ready_millis: f64,
    pss: u64,
}

/// All sizes are served at the same time and asked in turns.
pub(in crate::bench) fn measure(repo: &Repo, scene: &Scene) -> Result<Json> {
    let (rounds, seconds) = scene.pace.pick((2, 1), (5, 5));
    let sized: Vec<Sized> = SIZES.into_iter().map(|size| served(repo, scene, size)).collect::<Result<_>>()?;
    let mut of: Vec<Vec<(f64, f64)>> = sized.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        for (sized, of) in sized.iter().zip(&mut of) {
            let values = asked(scene, sized, if round == 0 { 1 } else { seconds })?;
            if round > 0 {
                of.push(values);
            }
        }
    }
    let rows = sized.iter().zip(&of).map(|(sized, of)| {
        let rate = median(of.iter().map(|(rate, _)| *rate));
        let cpu = median(of.iter().map(|(_, cpu)| *cpu));
        let Size { tokens, services, operations } = sized.size;
        println!(
            "  {tokens} tokens, {services} services, {operations} operations: ready after {:.0} ms, {} KiB, \
             {rate:.0} requests/s, {cpu:.1} µs of processor",
            sized.ready_millis, sized.pss
        );
        Json::object([
            ("tokens", tokens.into()),
            ("services", services.into()),
            ("operations", operations.into()),
            ("ready_millis", sized.ready_millis.into()),
            ("pss_kib", sized.pss.into()),
            ("requests_per_second", rate.into()),
            ("cpu_micros_per_request", cpu.into()),
        ])
    });
    Ok(Json::object([("starts", STARTS.into()), ("rows", Json::List(rows.collect()))]))
}

fn asked(scene: &Scene, sized: &Sized, seconds: u32) -> Result<(f64, f64)> {
    let path = definition::path(sized.size.operations);
    let url = format!("http://127.0.0.1:{}/bench{path}", sized.served.port);
    let cpu = || sized.served.process.cpu_seconds();
    let mut control = Control::connect(&sized.profile)?;
    let before = cpu();
    let (run, ()) = scene.wrk.run(&url, &sized.token, CONNECTIONS, seconds, || ())?;
    // Reading takes over what is not in the database yet, which belongs to the requests.
    control.newest()?;
    if run.errors > 0.0 {
        let hint = format!("{} failed.", run.errors);
        return Err(Error::Needed { what: "A round without failed requests".to_owned(), hint });
    }
    Ok((run.requests_a_second(), (cpu() - before) / run.requests * 1e6))
}

fn served(repo: &Repo, scene: &Scene, size: Size) -> Result<Sized> {
    let Size { tokens, services, operations } = size;
    let vk = scene.other(&format!("{tokens}-{services}-{operations}"))?;
    connect(scene, &vk, operations)?;
    let fill = |what: &str, count: usize, more: &[&str]| {
        let (profile, count) = (vk.profile.to_string_lossy().into_owned(), count.to_string());
        benchkit::ask(repo, [&[what, &profile, &count], more].concat())
    };
    fill("tokens", tokens - 1, &["bench:global:g1.read"])?;
    fill("services", services - 1, &[])?;
    let first = vk.serve()?;
    let token = Control::connect(&vk.profile)?.create("measured", &definition::grants("bench"))?;
    drop(first);
    let millis = |served: &Served| served.ready_after.as_secs_f64() * 1e3;
    let mut times = Vec::new();
    for _ in 1..STARTS {
        times.push(millis(&vk.serve()?));
    }
    let served = vk.serve()?;
    times.push(millis(&served));
    let pss = served.process.pss()?;
    Ok(Sized { size, served, profile: vk.profile, token, ready_millis: quantile(&mut times, 0.5), pss })
}

/// The service that is asked, with so many operations.
fn connect(scene: &Scene, vk: &Vk, operations: usize) -> Result<()> {
    let definition = vk.profile.with_extension("json");
    fs::write(&definition, definition::document(operations)).map_err(Error::io("writing", &definition))?;
    let url = format!("http://127.0.0.1:{}", scene.upstream.plain);
    let mut add = vk.command(&["service", "add", "bench", "--kind", "rest", "--url", &url]);
    add.arg("--definition").arg(&definition);
    vk::run(add, "master-credential-of-the-bench")
}
