//! How soon revoking acts, with requests coming in all the time.

mod streams;

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use super::latency::Client;
use crate::{
    bench::{
        control::Control,
        definition,
        figures::quantile,
        front::Behind,
        json::Json,
        scene::{self, Scene},
        vk,
    },
    error::{Error, Result},
    repo::Repo,
};

/// Connections that use the token while it is revoked.
const CLIENTS: usize = 3;

/// One request of one client.
struct Asked {
    begun: Instant,
    ended: Instant,
    accepted: bool,
}

/// By a line over the control socket, as `vk` sends it, and by the program, its end being the return.
pub(in crate::bench) fn measure(repo: &Repo, scene: &Scene) -> Result<Json> {
    let (many, few) = scene.pace.pick((500, 50), (10_000, 200));
    let mut control = Control::connect(&scene.vk.profile)?;
    let over_socket = rounds(scene, "line over the control socket", many, &mut |name| control.revoke(name))?;
    let how = "vk token revoke, to the end of its process";
    let by_program =
        rounds(scene, how, few, &mut |name| vk::run(scene.vk.command(&["token", "revoke", name]), ""))?;
    let streams = streams::measure(repo, scene)?;
    Ok(Json::object([("rows", Json::List(vec![over_socket, by_program])), ("streams", streams)]))
}

fn rounds(
    scene: &Scene,
    how: &'static str,
    rounds: usize,
    revoke: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Json> {
    let mut control = Control::connect(&scene.vk.profile)?;
    let (mut first, mut next, mut took) = (Vec::new(), Vec::new(), Vec::new());
    let mut accepted_after = 0;
    let grants = definition::grants(scene::service(Behind::Small));
    let path = format!("/{}{}", scene::service(Behind::Small), definition::PATH);
    for round in 0..rounds {
        let name = format!("{how} {round}");
        let token = control.create(&name, &grants)?;
        let port = scene.served.port;
        let client = || Client::connect(port, &path, &token);
        let (asked, begun, returned) = one(&client, &mut || revoke(&name))?;
        let after = |instant: Instant| {
            let late = instant.saturating_duration_since(returned).as_secs_f64();
            (late - returned.saturating_duration_since(instant).as_secs_f64()) * 1e3
        };
        let refused = asked.iter().filter(|one| !one.accepted);
        first.extend(refused.map(|one| after(one.ended)).min_by(f64::total_cmp));
        let later: Vec<&Asked> = asked.iter().filter(|one| one.begun > returned).collect();
        accepted_after += later.iter().filter(|one| one.accepted).count();
        next.extend(later.iter().map(|one| after(one.ended)).min_by(f64::total_cmp));
        took.push((returned - begun).as_secs_f64() * 1e3);
    }
    let [first, next] = [&mut first, &mut next].map(|values| quantile(values, 1.0));
    println!(
        "  {how}: {rounds} rounds, first refusal at most {first:.3} ms after the return, {accepted_after} accepted after it"
    );
    Ok(Json::object([
        ("how", how.into()),
        ("rounds", rounds.into()),
        ("accepted_after", accepted_after.into()),
        ("first_refusal_max_millis", first.into()),
        ("next_answer_max_millis", next.into()),
        ("took_p50_millis", quantile(&mut took, 0.5).into()),
        ("took_max_millis", quantile(&mut took, 1.0).into()),
    ]))
}

/// Revokes while clients ask. Each asks on after the return, so that what comes later is seen too.
fn one(
    client: &(dyn Fn() -> io::Result<Client> + Sync),
    revoke: &mut dyn FnMut() -> Result<()>,
) -> Result<(Vec<Asked>, Instant, Instant)> {
    let (accepted, over) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failed = |source| Error::Io { doing: "asking while a token is revoked".to_owned(), source };
    thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(|| hammer(client, &accepted, &over))).collect();
        while accepted.load(Ordering::SeqCst) < CLIENTS * 2
            && !clients.iter().any(thread::ScopedJoinHandle::is_finished)
        {
            thread::yield_now();
        }
        let begun = Instant::now();
        let revoked = revoke();
        let returned = Instant::now();
        over.store(1, Ordering::SeqCst);
        let mut all = Vec::new();
        for client in clients {
            let theirs = client.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
            all.extend(theirs.map_err(failed)?);
        }
        revoked.map(|()| (all, begun, returned))
    })
}

/// Asks until five requests were begun after `over`.
fn hammer(
    connect: &(dyn Fn() -> io::Result<Client> + Sync),
    answered: &AtomicUsize,
    over: &AtomicUsize,
) -> io::Result<Vec<Asked>> {
    let (mut client, mut all, mut later) = (connect()?, Vec::new(), 0);
    while later < 5 {
        later += over.load(Ordering::SeqCst);
        let begun = Instant::now();
        match client.ask() {
            Ok(status) => {
                let accepted = status != 401;
                answered.fetch_add(usize::from(accepted), Ordering::SeqCst);
                all.push(Asked { begun, ended: Instant::now(), accepted });
            }
            // Cut, as it may be once its permit is gone, or closed after a refusal.
            Err(_) => client = connect()?,
        }
    }
    Ok(all)
}
