//! How soon revoking acts, with requests coming in all the time.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use super::{
    control::Control,
    definition,
    figures::quantile,
    latency::Client,
    scene::{self, Scene},
};
use crate::error::{Error, Result};

const ROUNDS: usize = 1_000;
/// Connections that use the token while it is revoked.
const CLIENTS: usize = 3;

/// What all rounds gave. Milliseconds after revoking returned; below zero is before.
pub(super) struct Revocations {
    pub(super) how: &'static str,
    pub(super) rounds: usize,
    pub(super) first_refusal_max: f64,
    /// The end of the first request that was begun after the return.
    pub(super) next_answer_max: f64,
    /// From asking to the return, p50 and max.
    pub(super) took: [f64; 2],
    /// Requests begun after the return and not refused. Anything but 0 is a fault.
    pub(super) accepted_after: usize,
}

/// One request of one client.
struct Asked {
    begun: Instant,
    ended: Instant,
    accepted: bool,
}

/// By a line over the control socket, as `vk` sends it.
pub(super) fn over_socket(scene: &Scene) -> Result<Revocations> {
    let mut control = Control::connect(&scene.vk.profile)?;
    rounds(scene, "line over the control socket", &mut |name| control.revoke(name))
}

/// By the program, its end being the return.
pub(super) fn by_program(scene: &Scene) -> Result<Revocations> {
    let how = "vk token revoke, to the end of its process";
    rounds(scene, how, &mut |name| scene::run(scene.vk.command(&["token", "revoke", name]), ""))
}

fn rounds(
    scene: &Scene,
    how: &'static str,
    revoke: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Revocations> {
    let mut control = Control::connect(&scene.vk.profile)?;
    let (mut first, mut next, mut took) = (Vec::new(), Vec::new(), Vec::new());
    let mut accepted_after = 0;
    for round in 0..ROUNDS {
        let name = format!("round-{round}");
        let token = control.create(&name, &definition::grants())?;
        let (asked, begun, returned) = one(scene.served.port, &token, &mut || revoke(&name))?;
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
    let result = Revocations {
        how,
        rounds: first.len(),
        first_refusal_max: quantile(&mut first, 1.0),
        next_answer_max: quantile(&mut next, 1.0),
        took: [quantile(&mut took, 0.5), quantile(&mut took, 1.0)],
        accepted_after,
    };
    println!(
        "  {how}: {} rounds, first refusal at most {:.3} ms after the return, {} accepted after it",
        result.rounds, result.first_refusal_max, result.accepted_after
    );
    Ok(result)
}

/// Revokes while clients ask. Each asks on after the return, so that what comes later is seen too.
fn one(
    port: u16,
    token: &str,
    revoke: &mut dyn FnMut() -> Result<()>,
) -> Result<(Vec<Asked>, Instant, Instant)> {
    let (accepted, over) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failed = |source| Error::Io { doing: "asking while a token is revoked".to_owned(), source };
    thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(|| hammer(port, token, &accepted, &over))).collect();
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
fn hammer(port: u16, token: &str, answered: &AtomicUsize, over: &AtomicUsize) -> io::Result<Vec<Asked>> {
    let connect = || Client::connect(port, &Scene::gateway_path(), token);
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
