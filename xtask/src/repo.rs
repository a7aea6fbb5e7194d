use std::{
    env,
    path::{Path, PathBuf},
};

/// Where things are in this checkout.
pub(crate) struct Repo {
    root: PathBuf,
}

impl Repo {
    /// The checkout that this program was built in: cargo says where when it runs it.
    pub(crate) fn here() -> Self {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = manifest.and_then(|folder| folder.parent().map(Path::to_path_buf));
        Self { root: root.unwrap_or_else(|| PathBuf::from(".")) }
    }

    /// The repository's root.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The window's sources.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// What builds and this program leave behind; never committed.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Programs that only tests need, as `cargo install --root` lays them out.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target().join("tools")
    }

    /// Python packages that only tests need.
    pub(crate) fn venv(&self) -> PathBuf {
        self.target().join("venv")
    }

    /// Clients that the tests run, and what stands in for their services.
    pub(crate) fn clients(&self) -> PathBuf {
        self.target().join("clients")
    }

    /// Python packages that only the bench compares with; apart, since they need other versions of the same libraries.
    #[cfg(target_os = "linux")]
    pub(crate) fn bench_venv(&self) -> PathBuf {
        self.target().join("bench-venv")
    }

    /// Where cargo puts the programs it builds: beside this one.
    pub(crate) fn built(&self) -> PathBuf {
        let beside = env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf));
        beside.unwrap_or_else(|| self.target().join("debug"))
    }

    /// `PATH` with the tests' tools and Python first.
    pub(crate) fn path_with_tools(&self) -> std::ffi::OsString {
        let own = [self.tools().join("bin"), self.venv().join("bin")];
        let inherited = env::var_os("PATH").unwrap_or_default();
        let all = own.into_iter().chain(env::split_paths(&inherited));
        env::join_paths(all).unwrap_or(inherited)
    }
}
