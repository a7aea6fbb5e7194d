//! Programs that the bench puts around the ones it measures: a service with streams, a plain proxy to compare with,
//! applications that read slowly or hold many connections.
//!
//! It is for development only and is *not* part of the product. `cargo xtask bench` builds and starts it; what it prints
//! are the figures that are measured inside it, a name and numbers a line.
#![expect(clippy::print_stderr, reason = "a command line program talks to its terminal")]

mod certificates;
mod clock;
mod pace;
mod proxy;
mod upstream;

use std::{io, process::ExitCode};

const HELP: &str = "\
benchkit upstream PORT                                 a service with streams of events, a large reply and a slow sink
benchkit proxy TOKEN CREDENTIAL PORT:UPSTREAM...       a plain proxy: token check, header swap, forward
benchkit certificates FOLDER                           a certificate for localhost, its key, and the CA that signed it
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["upstream", port] => number(port).and_then(upstream::run),
        ["proxy", token, credential, pairs @ ..] => proxy::run(token, credential, pairs),
        ["certificates", folder] => certificates::write(folder.as_ref()),
        _ => Err(wrong(HELP)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benchkit: {error}");
            ExitCode::FAILURE
        }
    }
}

fn number<N: std::str::FromStr>(word: &str) -> io::Result<N> {
    word.parse().map_err(|_| wrong(&format!("{word} is no number that fits here")))
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}
