//! `cargo xtask check-platforms`: does the code for Windows and for macOS type-check?
//!
//! It proves that code chosen by `cfg` compiles. It links nothing and runs nothing.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result},
    program::Program,
    repo::Repo,
    ui,
};

/// Debian's own toolchain carries the sources of the standard library, which a bare rustup lacks.
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const HINT: &str = "On Debian 12 or later, as root:\n  \
    apt-get install -y --no-install-recommends rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64-posix\n\
    It does not disturb rustup's toolchain, as long as that comes first in PATH.";

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

/// Type-checks every library and program for both systems.
pub(crate) fn command(repo: &Repo) -> Result<()> {
    for program in [RUSTC, CARGO, "/usr/bin/x86_64-w64-mingw32-gcc"] {
        if !Path::new(program).exists() {
            return Err(Error::Needed { what: program.to_owned(), hint: HINT.to_owned() });
        }
    }
    // The app embeds the built window when it is compiled; an old one is as good as a new one for its types.
    if !repo.ui().join("dist/index.html").exists() {
        ui::build_if_stale(repo)?;
    }
    println!("\n=== Windows ({WINDOWS})");
    let windows = check(repo, WINDOWS).run();
    println!("\n=== macOS ({MACOS})");
    let shims = Shims::write(&repo.target().join("platforms/shims"))?;
    let macos = check(repo, MACOS)
        .env("SDKROOT", &shims.sdk)
        .env("MACOSX_DEPLOYMENT_TARGET", "11.0")
        .env("CC_aarch64_apple_darwin", &shims.compiler)
        .env("CXX_aarch64_apple_darwin", &shims.compiler)
        .env("AR_aarch64_apple_darwin", &shims.archiver)
        .run();
    // The second is checked even where the first failed: what is wrong with both is seen in one run.
    windows.and(macos)?;
    println!("\nBoth type-check. Nothing was linked or run.");
    Ok(())
}

fn check(repo: &Repo, target: &str) -> Program {
    let mut program = Program::new(CARGO)
        .args(["check", "--workspace", "--lib", "--bins", "--locked", "--target", target])
        // What measures does so on Unix only, and ships nowhere.
        .args(["--exclude", "valetkey-benchkit"])
        .args(["-Zbuild-std=std,panic_abort", "--target-dir"])
        .args([repo.target().join("platforms")])
        .within(repo.root())
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1");
    // Left over from the cargo that runs this, they would lead back to its own toolchain.
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "RUSTC_WRAPPER", "CARGO_ENCODED_RUSTFLAGS"] {
        program = program.without_env(name);
    }
    program
}

/// Stands in for Apple's compiler: build scripts get empty object files, which is all that a type-check needs.
struct Shims {
    sdk: PathBuf,
    compiler: PathBuf,
    archiver: PathBuf,
}

const COMPILER: &str = r#"#!/bin/sh
# Creates the file after -o; answers questions about the compiler as Apple's clang would.
out=
preprocess=
source=
while [ $# -gt 0 ]; do
    case "$1" in
        -o) out=$2; shift ;;
        -E) preprocess=yes ;;
        --version) echo "Apple clang version 15.0.0"; echo "Target: arm64-apple-darwin"; exit 0 ;;
        *.c | *.cc | *.cpp | *.m | *.S | -) source=$1 ;;
    esac
    shift
done
if [ -n "$preprocess" ]; then
    exec cc -E -U__GNUC__ -U__linux__ -D__clang__=1 -D__APPLE__=1 -P "${source:--}"
fi
[ -z "$out" ] || : > "$out"
"#;

const ARCHIVER: &str = r#"#!/bin/sh
# Creates the first archive that is named.
for word in "$@"; do
    case "$word" in
        *.a) : > "$word"; exit 0 ;;
    esac
done
"#;

impl Shims {
    fn write(folder: &Path) -> Result<Self> {
        let shims = Self {
            sdk: folder.join("sdk"),
            compiler: folder.join("compiler"),
            archiver: folder.join("archiver"),
        };
        fs::create_dir_all(&shims.sdk).map_err(Error::io("making", &shims.sdk))?;
        for (path, script) in [(&shims.compiler, COMPILER), (&shims.archiver, ARCHIVER)] {
            write_script(path, script).map_err(Error::io("writing", path))?;
        }
        Ok(shims)
    }
}

#[cfg(unix)]
fn write_script(path: &Path, script: &str) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, script)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn write_script(path: &Path, script: &str) -> io::Result<()> {
    fs::write(path, script)
}
