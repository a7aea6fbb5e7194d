//! `cargo xtask test`: what continuous integration runs, step by step, each of which can be run alone.

mod steps;
mod tally;

use std::{process::ExitCode, time::Duration, time::Instant};

use crate::{
    error::{Error, Result},
    repo::Repo,
};
use steps::{STEPS, Step};
use tally::Tally;

/// What a step that did not fail has to say.
enum Passed {
    /// It ran; this is what its program wrote.
    With(String),
    /// It does not apply here, for this reason.
    Skipped(&'static str),
}

/// One line of the table at the end.
struct Outcome {
    step: &'static Step,
    took: Duration,
    result: Result<Passed>,
}

/// What to do after a step that failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterFailure {
    Stop,
    GoOn,
}

/// `cargo xtask test [--list] [--only STEP]… [--keep-going]`
pub(crate) fn command(repo: &Repo, options: &[&str]) -> Result<ExitCode> {
    let mut chosen: Vec<&'static Step> = Vec::new();
    let mut after_failure = AfterFailure::Stop;
    let mut words = options.iter();
    while let Some(word) = words.next() {
        match *word {
            "--list" => {
                list();
                return Ok(ExitCode::SUCCESS);
            }
            "--keep-going" => after_failure = AfterFailure::GoOn,
            "--only" => chosen.push(named(words.next().copied().unwrap_or_default())?),
            other => return Err(Error::Usage(format!("test does not know {other}."))),
        }
    }
    if chosen.is_empty() {
        chosen.extend(STEPS);
    }
    let outcomes = run(repo, &chosen, after_failure);
    Ok(summarise(&outcomes, chosen.len()))
}

fn named(name: &str) -> Result<&'static Step> {
    STEPS.iter().find(|step| step.name == name).ok_or_else(|| {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        Error::Usage(format!("There is no step “{name}”. Steps: {}.", names.join(", ")))
    })
}

fn list() {
    for step in STEPS {
        println!("{:<13} {}", step.name, step.about);
    }
}

fn run(repo: &Repo, steps: &[&'static Step], after_failure: AfterFailure) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for step in steps {
        println!("\n=== {}: {}", step.name, step.about);
        let start = Instant::now();
        let result = (step.run)(repo);
        let took = start.elapsed();
        match &result {
            Ok(Passed::With(_)) => println!("--- {} passed in {}", step.name, seconds(took)),
            Ok(Passed::Skipped(why)) => println!("--- {} skipped: {why}", step.name),
            Err(error) => println!("--- {} FAILED after {}\n{error}", step.name, seconds(took)),
        }
        println!("    alone: cargo xtask test --only {}", step.name);
        let failed = result.is_err();
        outcomes.push(Outcome { step, took, result });
        if failed && after_failure == AfterFailure::Stop {
            break;
        }
    }
    outcomes
}

fn summarise(outcomes: &[Outcome], chosen: usize) -> ExitCode {
    let mut tally = Tally::default();
    println!("\n{:<13} {:<8} {:>9}", "step", "", "time");
    for Outcome { step, took, result } in outcomes {
        let (word, tests) = match result {
            Ok(Passed::With(output)) => ("passed", Tally::of(output)),
            Ok(Passed::Skipped(_)) => ("skipped", Tally::default()),
            Err(Error::Failed { output, .. }) => ("FAILED", Tally::of(output)),
            Err(_) => ("FAILED", Tally::default()),
        };
        println!("{:<13} {word:<8} {:>9}  {tests}", step.name, seconds(*took));
        tally += if result.is_err() { tests.with_a_failure() } else { tests };
    }
    let all: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    println!("{:<13} {:<8} {:>9}", "all", "", seconds(all));
    if outcomes.len() < chosen {
        println!("{} steps after that were not run.", chosen - outcomes.len());
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    if outcomes.iter().any(|outcome| outcome.result.is_err()) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
