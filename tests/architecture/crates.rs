use std::{collections::BTreeMap, fs, process::Command};

use serde_json::Value;

use crate::tree::root;

/// What each crate's shipped code may use of this workspace. A crate that is not here has no place yet.
const MAY_USE: &[(&str, &[&str])] = &[
    ("valetkey-core", &[]),
    ("valetkey-catalog", &["valetkey-core"]),
    ("valetkey-mapped", &[]),
    ("valetkey-store", &["valetkey-core", "valetkey-mapped"]),
    ("valetkey-vault", &["valetkey-core"]),
    ("valetkey-gateway", &["valetkey-core"]),
    ("valetkey-wire", &["valetkey-core"]),
    ("valetkey-sandbox", &[]),
    (
        "valetkey-host",
        &[
            "valetkey-core",
            "valetkey-catalog",
            "valetkey-store",
            "valetkey-vault",
            "valetkey-gateway",
            "valetkey-wire",
            "valetkey-sandbox",
        ],
    ),
    ("valetkey-cli", &["valetkey-host", "valetkey-wire"]),
    ("valetkey-tray", &["valetkey-wire"]),
    ("valetkey-confirm", &["valetkey-wire"]),
    ("valetkey", &["valetkey-host", "valetkey-wire", "valetkey-tray", "valetkey-confirm"]),
    (
        "valetkey-testkit",
        &[
            "valetkey-core",
            "valetkey-catalog",
            "valetkey-store",
            "valetkey-vault",
            "valetkey-gateway",
            "valetkey-wire",
            "valetkey-sandbox",
            "valetkey-host",
        ],
    ),
    ("valetkey-catalogkit", &["valetkey-core", "valetkey-catalog"]),
    ("valetkey-benchkit", &["valetkey-core", "valetkey-store"]),
    ("xtask", &[]),
];

/// The one crate whose shipped code may name a foreign crate.
const ALONE: &[(&str, &str)] = &[
    ("tauri", "valetkey"),
    ("tauri-build", "valetkey"),
    ("rusqlite", "valetkey-store"),
    ("memmap2", "valetkey-mapped"),
    ("keyring-core", "valetkey-vault"),
    ("rustls", "valetkey-gateway"),
    ("clap", "valetkey-cli"),
];

/// The one crate with lints of its own, because it has unsafe code.
const UNSAFE: &str = "valetkey-mapped";

/// What the core is kept free of: formats, runtimes, the network, files.
const NOT_IN_CORE: &[&str] =
    &["serde", "serde_json", "tokio", "hyper", "rustls", "rusqlite", "directories", "tempfile"];

struct Package {
    manifest: String,
    dependencies: Vec<Dependency>,
}

impl Package {
    /// What the crate itself uses; its tests may use more.
    fn shipped(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().filter(|dependency| !dependency.for_tests)
    }
}

struct Dependency {
    name: String,
    for_tests: bool,
    ours: bool,
}

#[test]
fn shipped_code_only_uses_crates_below_its_own() {
    for (name, package) in packages() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(of, _)| *of == name) else {
            panic!("{name} has no place in the crate graph: give it one here and in ARCHITECTURE.md");
        };
        for dependency in
            package.dependencies.iter().filter(|dependency| dependency.ours && !dependency.for_tests)
        {
            assert!(allowed.contains(&&*dependency.name), "{name} may not use {}", dependency.name);
        }
    }
}

#[test]
fn every_crate_of_the_graph_exists() {
    let packages = packages();
    let gone: Vec<_> =
        MAY_USE.iter().map(|(name, _)| *name).filter(|name| !packages.contains_key(*name)).collect();
    assert_eq!(gone, [""; 0]);
}

#[test]
fn foreign_crates_with_one_home_are_named_only_there() {
    for (name, package) in packages() {
        for (foreign, home) in ALONE {
            let names_it = package.shipped().any(|dependency| dependency.name == *foreign);
            assert!(!names_it || name == *home, "{name} names {foreign}, which belongs to {home}");
        }
        let plugin = package.shipped().find(|dependency| dependency.name.starts_with("tauri-plugin-"));
        assert!(plugin.is_none() || name == "valetkey", "{name} names a Tauri plugin");
    }
}

#[test]
fn the_core_knows_no_format_no_runtime_and_no_device() {
    let core = &packages()["valetkey-core"];
    let names = core.shipped().map(|dependency| &*dependency.name);
    let wrong: Vec<_> = names.filter(|name| NOT_IN_CORE.contains(name)).collect();
    assert!(wrong.is_empty(), "the core uses {wrong:?}");
}

#[test]
fn every_crate_is_under_the_house_lints() {
    for (name, package) in packages() {
        let manifest = fs::read_to_string(&package.manifest).unwrap();
        let takes_them = manifest.contains("[lints]\nworkspace = true");
        assert_eq!(takes_them, name != UNSAFE, "{name}: the workspace's lints, which forbid unsafe code");
    }
}

fn packages() -> BTreeMap<String, Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let words = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(cargo).args(words).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    list(&metadata["packages"]).map(package).collect()
}

fn package(package: &Value) -> (String, Package) {
    let dependencies = list(&package["dependencies"]).map(|dependency| Dependency {
        name: text(&dependency["name"]),
        for_tests: dependency["kind"] == "dev",
        ours: dependency["path"].is_string(),
    });
    let found = Package { manifest: text(&package["manifest_path"]), dependencies: dependencies.collect() };
    (text(&package["name"]), found)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
