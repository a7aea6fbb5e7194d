//! Programs that the bench puts around the ones it measures: a service with streams, a plain proxy to compare with,
//! applications that read slowly or hold many connections.
//!
//! It is for development only and is *not* part of the product. `cargo xtask bench` builds and starts it; what it prints
//! are the figures that are measured inside it, a name and numbers a line.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program talks to its terminal"
)]

mod certificates;
mod client;
mod clock;
mod crowd;
mod cut;
mod events;
mod idle;
mod pace;
mod proxy;
mod transfer;
mod upstream;

use std::{io, process::ExitCode, time::Duration};

use client::Asked;

const HELP: &str = "\
benchkit upstream PORT                                 a service with streams of events, a large reply and a slow sink
benchkit proxy TOKEN CREDENTIAL PORT:UPSTREAM...       a plain proxy: token check, header swap, forward
benchkit certificates FOLDER                           a certificate for localhost, its key, and the CA that signed it
benchkit tokens PROFILE COUNT GRANT                    many tokens, put into a profile that nobody has open
benchkit services PROFILE COUNT                        many services, likewise
benchkit events PORT PATH TOKEN STREAMS SECONDS        how old events are when they come
benchkit download PORT PATH TOKEN                      a gigabyte, read slowly
benchkit upload PORT PATH TOKEN                        a gigabyte, sent fast
benchkit idle PORT PATH TOKEN CONNECTIONS              connections with one request each, until the input ends
benchkit cut PORT PATH TOKEN STREAMS CONTROL NAME      how soon streams end when their token is revoked
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // They live as long as this program does.
    let words: &'static [String] = words.leak();
    let words: Vec<&'static str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benchkit: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&'static str]) -> io::Result<()> {
    match *words {
        ["upstream", port] => upstream::run(number(port)?),
        ["proxy", token, credential, ref pairs @ ..] => proxy::run(token, credential, pairs),
        ["certificates", folder] => certificates::write(folder.as_ref()),
        ["tokens", profile, count, grant] => crowd::tokens(profile.as_ref(), number(count)?, grant),
        ["services", profile, count] => crowd::services(profile.as_ref(), number(count)?),
        [command, port, path, token, ref more @ ..] => {
            application(command, Asked { port: number(port)?, path, token }, more)
        }
        _ => Err(wrong(HELP)),
    }
}

fn application(command: &str, asked: Asked<'static>, more: &[&str]) -> io::Result<()> {
    match (command, more) {
        ("events", [streams, seconds]) => {
            events::run(asked, number(streams)?, Duration::from_secs(number(seconds)?))
        }
        ("download", []) => transfer::download(asked),
        ("upload", []) => transfer::upload(asked),
        ("idle", [connections]) => idle::run(asked, number(connections)?),
        ("cut", [streams, control, name]) => cut::run(asked, number(streams)?, control.as_ref(), name),
        _ => Err(wrong(HELP)),
    }
}

/// A line with a name and numbers, the smallest first.
fn told(name: &str, numbers: &mut [u64]) {
    numbers.sort_unstable();
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    println!("{name} {}", numbers.join(" "));
}

fn number<N: std::str::FromStr>(word: &str) -> io::Result<N> {
    word.parse().map_err(|_| wrong(&format!("{word} is no number that fits here")))
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}
