//! Journal files that an earlier process left, that were cut, or that are damaged.

use std::{fs, path::Path};

use valetkey_core::{activity::Opening, ports::ActivityLog};
use valetkey_store::{Activity, End, Journal};

use super::{all, closing, open, permit, refusal, requests};
use crate::{at, profile};

/// What was written of a journal file: behind it there may be reserved space. No record here ends in a zero.
fn written(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
    bytes
}

fn journal_files(directory: &Path) -> Vec<std::path::PathBuf> {
    fs::read_dir(directory.join("activity")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_journal_of_an_earlier_process_is_taken_over_and_its_running_requests_end_unfinished() {
    let directory = profile();
    let (journal, mut activity, mut writer) = open(directory.path());
    writer.open(&permit(1), None).unwrap();
    writer.open(&permit(2), None).unwrap();
    activity.ingest().unwrap();
    writer.close(&closing(1)).unwrap();
    writer.open(&permit(3), None).unwrap();
    drop((journal, activity, writer));

    let (_journal, activity, _writer) = open(directory.path());
    let rows = all(&activity);
    assert_eq!(requests(&rows), [3, 2, 1]);
    assert_eq!((rows[0].end, rows[1].end), (Some(End::Unfinished), Some(End::Unfinished)));
    assert!(matches!(rows[2].end, Some(End::Closed(_))));
    assert_eq!(journal_files(directory.path()).len(), 1, "only that of the new writer");
}

#[test]
fn what_runs_in_this_process_is_not_ended_by_opening() {
    let directory = profile();
    let journal = Journal::open(directory.path()).unwrap();
    let mut writer = journal.writer().unwrap();
    writer.open(&permit(1), None).unwrap();
    let mut activity = Activity::open(&journal).unwrap();
    activity.ingest().unwrap();
    assert_eq!(all(&activity)[0].end, None);
}

#[test]
fn a_journal_cut_at_any_byte_gives_its_whole_records_and_nothing_else() {
    let template = profile();
    let (journal, activity, mut writer) = open(template.path());
    let path = journal_files(template.path()).remove(0);
    let length = || written(&path).len();
    let mut ends = Vec::new();
    writer.open(&Opening { operation: "/a", context: "", caller: None, ..permit(1) }, None).unwrap();
    ends.push(length());
    writer.open(&refusal(2), Some(&closing(2))).unwrap();
    ends.push(length());
    writer.close(&closing(1)).unwrap();
    ends.push(length());
    let bytes = written(&path);
    drop((journal, activity, writer));

    let directory = profile();
    let name = path.file_name().unwrap().to_str().unwrap();
    drop(open(directory.path()));
    // As a write leaves it, and as a copy into reserved space does.
    for (cut, reserved) in (0..=bytes.len()).flat_map(|cut| [(cut, 0), (cut, 4_096)]) {
        // A run of its own for each cut, as each process has.
        let run = directory.path().join("activity").join(format!("{cut}-{reserved}{name}"));
        fs::write(&run, [&bytes[..cut], &vec![0; reserved]].concat()).unwrap();
        make_private(&run);
        let whole = ends.iter().filter(|end| **end <= cut).count();

        let (_journal, mut activity, _writer) = open(directory.path());
        activity.ingest().unwrap();
        let rows = all(&activity);
        let wanted: &[u64] = [&[][..], &[1], &[2, 1], &[2, 1]][whole];
        assert_eq!(requests(&rows), wanted, "cut at {cut}");
        if let Some(first) = rows.last() {
            assert_eq!(first.end == Some(End::Unfinished), whole < 3, "cut at {cut}");
        }
        assert!(!run.exists());
        let damaged = ends.iter().chain(&[0]).all(|end| *end != cut);
        assert_eq!(activity.inherited().damaged_bytes > 0, damaged, "cut at {cut}");
        activity.forget_before(at(i64::MAX)).unwrap();
    }
}

#[test]
fn a_copy_of_which_only_the_end_was_done_is_no_record() {
    let directory = profile();
    let (journal, activity, mut writer) = open(directory.path());
    writer.open(&permit(1), Some(&closing(1))).unwrap();
    let path = journal_files(directory.path()).remove(0);
    let first = written(&path);
    writer.open(&permit(2), Some(&closing(2))).unwrap();
    let both = written(&path);
    drop((journal, activity, writer));
    fs::remove_file(&path).unwrap();
    for undone in (first.len() + 1..both.len()).step_by(7) {
        let mut bytes = both.clone();
        bytes[first.len()..undone].fill(0);
        bytes.extend([0; 100]);
        let run = directory.path().join("activity").join(format!("{undone}.0.0.journal"));
        fs::write(&run, bytes).unwrap();
        make_private(&run);
        let (_journal, mut activity, _writer) = open(directory.path());
        assert_eq!(requests(&all(&activity)), [1]);
        assert!(activity.inherited().damaged_bytes > 0);
        activity.forget_before(at(i64::MAX)).unwrap();
    }
}

#[test]
fn a_file_that_could_not_be_removed_after_it_was_taken_over_is_not_taken_over_twice() {
    let directory = profile();
    let (journal, activity, mut writer) = open(directory.path());
    for request in 0..20 {
        writer.open(&permit(request), Some(&closing(request))).unwrap();
    }
    let path = journal_files(directory.path()).remove(0);
    let bytes = fs::read(&path).unwrap();
    drop((journal, activity, writer));

    drop(Activity::open(&Journal::open(directory.path()).unwrap()).unwrap());
    assert!(!path.exists());
    fs::write(&path, bytes).unwrap();
    make_private(&path);
    let activity = Activity::open(&Journal::open(directory.path()).unwrap()).unwrap();
    assert_eq!(all(&activity).len(), 20);
    assert!(!path.exists());
}

#[test]
fn damage_in_a_finished_file_costs_the_damaged_record_and_is_told() {
    let directory = profile();
    let (journal, activity, mut writer) = open(directory.path());
    for request in 0..3 {
        writer.open(&refusal(request), Some(&closing(request))).unwrap();
    }
    let path = journal_files(directory.path()).remove(0);
    drop((journal, activity, writer));
    let mut bytes = written(&path);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();

    let journal = Journal::open(directory.path()).unwrap();
    let activity = Activity::open(&journal).unwrap();
    assert_eq!(activity.inherited().damaged_bytes, bytes.len() as u64 / 3);
    assert_eq!(requests(&all(&activity)), [2, 0]);
}

fn make_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert!(path.exists());
}
