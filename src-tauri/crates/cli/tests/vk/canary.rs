//! Recognisable secrets go through everything that `vk` does; afterwards they are looked for everywhere.

mod places;
mod scan;
mod story;

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use valetkey_testkit::Recorder;

use crate::program::Folder;
use places::{files, process};
use scan::Canary;
use story::{CREDENTIAL, NEXT_CREDENTIAL, Story};

#[test]
fn the_scan_finds_a_planted_canary_in_every_form() {
    let folder = Folder::with_profile();
    let canary = Canary::new("planted", CREDENTIAL);
    assert_eq!(files(&folder.profile(), std::slice::from_ref(&canary)), Vec::<String>::new());
    for (form, bytes) in canary.forms() {
        let planted = folder.profile().join("planted");
        std::fs::write(&planted, [b"before ", bytes, b" after"].concat()).unwrap();
        let found = files(&folder.profile(), std::slice::from_ref(&canary));
        assert!(
            found.iter().any(|place| place.contains(form) && place.ends_with("planted")),
            "{form}: {found:?}"
        );
        std::fs::remove_file(planted).unwrap();
    }
}

#[test]
fn the_scan_finds_a_canary_in_base64_wherever_it_begins() {
    let canary = Canary::new("planted", CREDENTIAL);
    for before in ["", "u", "us", "user:"] {
        let encoded = scan::base64(format!("{before}{CREDENTIAL} and more").as_bytes());
        assert!(canary.found_in(&encoded).is_some(), "after {} bytes", before.len());
    }
}

#[test]
fn the_scan_finds_a_canary_in_the_environment_and_the_arguments_of_a_process() {
    const PLANTED: &str = "canary-in-a-process-4711";
    let canary = [Canary::new("planted", PLANTED)];
    let mut with_environment = Command::new("sh");
    with_environment.args(["-c", WAIT]).env("PLANTED", PLANTED);
    let mut with_arguments = Command::new("sh");
    with_arguments.args(["-c", WAIT, PLANTED]);
    for (command, place) in [(with_environment, "environ"), (with_arguments, "cmdline")] {
        assert_eq!(found_while_it_runs(command, &canary), [format!("planted (raw) in {place}")]);
    }
}

/// Says that it runs, and does until its input ends.
const WAIT: &str = "echo runs; read wait";

fn found_while_it_runs(mut command: Command, canaries: &[Canary]) -> Vec<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let found = process(child.id(), canaries);
    drop(child.stdin.take());
    child.wait().unwrap();
    found
}

#[test]
fn no_secret_is_left_in_any_file_output_record_or_process() {
    let recorder = Recorder::scripted(story::echo());
    let mut story = Story::begin();
    story.connect(&recorder);
    story.tokens();
    story.requests();
    story.commands();
    story.errors();
    // While it runs there are the write-ahead log and the sockets too.
    let mut found = story.places();
    found.extend(process(story.served.id(), &story.canaries));
    assert!(recorder.requests().iter().any(|request| request.head.contains(CREDENTIAL)), "it was used");
    assert!(recorder.requests().iter().any(|request| request.head.contains(NEXT_CREDENTIAL)), "so was this");
    let folder = story.end(&mut found);
    found.extend(files(&folder.profile(), &story::canaries_of_the_end()));
    assert_eq!(found, Vec::<String>::new());
}
