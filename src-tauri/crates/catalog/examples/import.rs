//! How long the import of an OpenAPI document takes: `cargo run --release -p valetkey-catalog --example import -- FILE`.
#![expect(clippy::print_stdout, reason = "it is what this program is for")]

use std::{error::Error, time::Instant};

use valetkey_catalog::import::{Options, openapi};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("which document?")?;
    let text = std::fs::read_to_string(path)?;
    let begin = Instant::now();
    let imported = openapi(&text, &Options::default())?;
    let took = begin.elapsed();
    println!("{} bytes, {} operations: {took:.1?}", text.len(), imported.preview.operations);
    Ok(())
}
