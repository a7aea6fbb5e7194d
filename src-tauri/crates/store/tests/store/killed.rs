//! A real process, really killed.

use std::{
    collections::HashSet,
    env,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use valetkey_core::{
    ports::{ActivityLog, TokenStore},
    token::{Token, TokenId},
};
use valetkey_store::{Activity, End, Filter, Journal, Store};

use crate::{
    activity::{closing, permit},
    profile, revoked, token,
};

const DIRECTORY: &str = "VALETKEY_TEST_DIRECTORY";
const FIRST: &str = "VALETKEY_TEST_FIRST";

#[test]
#[ignore = "runs as the process that is killed"]
fn records_and_revokes_until_killed() {
    let directory = PathBuf::from(env::var_os(DIRECTORY).unwrap());
    let first: u64 = env::var(FIRST).unwrap().parse().unwrap();
    let mut store = Store::open(&directory).unwrap();
    let journal = Journal::open(&directory).unwrap();
    let mut activity = Activity::open(&journal).unwrap();
    let mut writer = journal.writer().unwrap();
    let mut out = std::io::stdout();
    for request in first.. {
        writer.open(&permit(request), None).unwrap();
        writeln!(out, "\nrecorded {request}").unwrap();
        writer.close(&closing(request)).unwrap();
        if request % 16 == 0 {
            activity.ingest().unwrap();
        }
        if request % 64 == 0 {
            let token = token(&format!("token {request}"));
            store.save_token(&token).unwrap();
            store.save_token(&revoked(&token)).unwrap();
            writeln!(out, "\nrevoked {}", token.id).unwrap();
        }
    }
}

#[test]
#[ignore = "runs as the process that is killed"]
fn records_through_many_parts_until_killed() {
    let journal = Journal::open(&PathBuf::from(env::var_os(DIRECTORY).unwrap())).unwrap();
    let mut writer = journal.writer().unwrap();
    let mut out = std::io::stdout();
    for request in 1_u64.. {
        writer.open(&permit(request), None).unwrap();
        writer.close(&closing(request)).unwrap();
        // Not more often, so that it is in the midst of recording when it dies.
        if request.is_multiple_of(50) {
            writeln!(out, "\nrecorded {request}").unwrap();
        }
    }
}

/// Nobody takes anything over meanwhile: what is found lay in the journal's files alone.
#[test]
fn what_lies_in_reserved_space_survives_kill_9_in_the_midst_of_recording() {
    for acknowledged in [50, 4_000, 21_350, 60_000] {
        let directory = profile();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "killed::records_through_many_parts_until_killed", "--ignored", "--nocapture"])
            .env(DIRECTORY, directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut recorded = lines.filter_map(|line| line.strip_prefix("recorded ")?.parse::<u64>().ok());
        let last = recorded.find(|request| *request >= acknowledged).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();

        let activity = Activity::open(&Journal::open(directory.path()).unwrap()).unwrap();
        let mut rows = activity.rows(&Filter { limit: u32::MAX, ..Filter::default() }).unwrap();
        rows.reverse();
        assert!(rows.len() as u64 >= last, "none is lost");
        assert!(rows.iter().zip(1..).all(|(row, request)| row.request.0 == request), "none is doubled");
        let unfinished = rows.iter().rposition(|row| row.end == Some(End::Unfinished));
        assert!(unfinished.is_none_or(|place| place == rows.len() - 1), "the last one may have been running");
    }
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_kill_9() {
    let directory = profile();
    let (mut recorded, mut ended) = (HashSet::new(), HashSet::new());
    for round in 0..12_usize {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "killed::records_and_revokes_until_killed", "--ignored", "--nocapture"])
            .env(DIRECTORY, directory.path())
            .env(FIRST, (round * 1_000_000).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut note = |line: &str| match line.split_once(' ') {
            Some(("recorded", request)) => recorded.insert(request.parse::<u64>().unwrap()),
            Some(("revoked", id)) => ended.insert(TokenId::parse(id).unwrap()),
            _ => false,
        };
        let mut left = 40 + 37 * round;
        while left > 0 {
            left -= usize::from(note(&lines.next().unwrap()));
        }
        child.kill().unwrap();
        // What it said before it died counts too, but for a line that was cut.
        let rest: Vec<String> = lines.collect();
        if let Some((_cut, whole)) = rest.split_last() {
            for line in whole {
                note(line);
            }
        }
        child.wait().unwrap();

        let store = Store::open(directory.path()).unwrap();
        let tokens = store.load().unwrap().tokens;
        let kept: HashSet<_> =
            tokens.iter().filter(|token| Token::is_revoked(token)).map(|token| token.id).collect();
        assert!(ended.is_subset(&kept));
    }
    let activity = Activity::open(&Journal::open(directory.path()).unwrap()).unwrap();
    let rows = activity.rows(&Filter { limit: u32::MAX, ..Filter::default() }).unwrap();
    let found: HashSet<u64> = rows.iter().map(|row| row.request.0).collect();
    assert_eq!(found.len(), rows.len(), "none is doubled");
    assert!(recorded.is_subset(&found), "none is lost");
    assert!(rows.iter().all(|row| row.end.is_some()));
}
