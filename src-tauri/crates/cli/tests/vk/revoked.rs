use std::hash::{BuildHasher, RandomState};

use crate::program::{Folder, Served};

const ROUNDS: usize = 20;
const ALLOWED: &str = "/sandbox/namespaces/web/environments";
const GRANT: &str = "sandbox:namespace=web:environment.view";

/// Numbers that differ from run to run; a failure names the round's own.
fn chance(round: usize) -> u64 {
    RandomState::new().hash_one(round)
}

/// Something small to be written before or while a token is revoked.
fn work(folder: &Folder, served: &Served, token: &str, chance: u64) {
    match chance % 5 {
        0 => {
            folder.vk(&["token", "create", "--name", &format!("other-{chance}"), "--full"]).ok();
        }
        1 => (0..chance % 7).for_each(|_| assert_eq!(served.get(ALLOWED, token), 200)),
        2 => {
            folder.vk(&["token", "update", "doomed", "--note", &chance.to_string()]).ok();
        }
        3 => {
            folder.vk(&["token", "disable", "doomed"]).ok();
            folder.vk(&["token", "enable", "doomed"]).ok();
        }
        _ => {}
    }
}

#[test]
fn a_revoked_token_stays_revoked_after_a_kill_right_after() {
    let folder = Folder::new();
    folder.vk(&["init", "--vault", "file"]).ok();
    let mut served = folder.serve();
    folder.vk(&["service", "add", "sandbox", "--kind", "sandbox"]).ok();
    let kept = folder.vk(&["token", "create", "--name", "kept", "--full"]).ok();
    for round in 0..ROUNDS {
        let chance = chance(round);
        let doomed = folder.vk(&["token", "create", "--name", "doomed", "--grant", GRANT]).ok();
        work(&folder, &served, &doomed, chance);
        if round % 2 == 0 {
            folder.vk(&["token", "revoke", "doomed"]).ok();
        } else {
            assert_eq!(served.ask("DELETE", "/.valetkey/token", &doomed).status, 200, "{round} {chance}");
        }
        served.kill();
        served = folder.serve();
        assert_eq!(served.get(ALLOWED, &doomed), 401, "{round} {chance}");
        assert_eq!(served.get("/.valetkey/token", &doomed), 401, "{round} {chance}");
        assert_eq!(served.get(ALLOWED, &kept), 200, "{round} {chance}");
    }
}
