use super::Purpose;
use crate::{
    error::{Error, Result},
    program::Program,
};

/// What a C linker and the compilers of bundled C sources need.
const DEBIAN_TERMINAL: &[&str] = &["build-essential", "pkg-config"];
const DEBIAN_BUILD: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libxdo-dev",
    "libssl-dev",
    "libdbus-1-dev",
    "file",
    "patchelf",
];
const DEBIAN_TEST: &[&str] = &[
    // A display, a window in it, and programs that look at both.
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "x11-utils",
    "xclip",
    "xdotool",
    "openbox",
    "imagemagick",
    "adwaita-icon-theme",
    "fonts-dejavu-core",
    "chromium",
    // A session with a keychain.
    "dbus",
    "dbus-x11",
    "gnome-keyring",
    "libsecret-tools",
    "libglib2.0-bin",
    "at-spi2-core",
    // Clients and services that talk through the gateway.
    "curl",
    "git",
    "git-lfs",
    "gh",
    "skopeo",
    "iproute2",
    "python3",
    "python3-venv",
    "lsof",
];
const DEBIAN_BENCH: &[&str] = &["nginx-light", "haproxy", "wrk", "python3", "python3-venv"];

const FEDORA_TERMINAL: &[&str] = &["gcc", "gcc-c++", "make", "pkgconf-pkg-config"];
const FEDORA_BUILD: &[&str] = &[
    "webkit2gtk4.1-devel",
    "libayatana-appindicator-gtk3-devel",
    "librsvg2-devel",
    "libxdo-devel",
    "openssl-devel",
    "dbus-devel",
    "file",
    "patchelf",
];

const ARCH_TERMINAL: &[&str] = &["base-devel"];
const ARCH_BUILD: &[&str] = &[
    "webkit2gtk-4.1",
    "libayatana-appindicator",
    "librsvg",
    "xclip",
    "xdotool",
    "openssl",
    "dbus",
    "file",
    "patchelf",
];

/// A system's package manager.
#[derive(Clone, Copy)]
enum Manager {
    Apt,
    Dnf,
    Pacman,
}

/// Installs the system packages that are missing.
pub(super) fn ensure(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        say_what_else_is_needed();
        return Ok(());
    }
    let Some(manager) = Manager::of_this_machine() else {
        println!("System packages: this machine has neither apt, dnf nor pacman, so nothing is installed.");
        println!(
            "In Debian's names, this is needed: {}",
            names(Manager::Apt, |list| list <= purpose).join(" ")
        );
        return Ok(());
    };
    if purpose >= Purpose::Test && !matches!(manager, Manager::Apt) {
        println!("The tests' own packages are only known in Debian's names; install what corresponds to:");
        println!("  {}", DEBIAN_TEST.join(" "));
    }
    install_missing(manager, names(manager, |list| list <= purpose))
}

/// What a bench without the desktop needs: it compares with programs that are only packaged by Debian's names here.
#[cfg(target_os = "linux")]
pub(super) fn ensure_for_bench() -> Result<()> {
    match Manager::of_this_machine() {
        Some(Manager::Apt) => {
            let wanted = names(Manager::Apt, |list| matches!(list, Purpose::Terminal | Purpose::Bench));
            install_missing(Manager::Apt, wanted)
        }
        Some(Manager::Dnf | Manager::Pacman) | None => {
            println!("The bench needs, in Debian's names: {}", DEBIAN_BENCH.join(" "));
            Ok(())
        }
    }
}

fn install_missing(manager: Manager, wanted: Vec<&'static str>) -> Result<()> {
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !manager.has(name)).collect();
    if missing.is_empty() {
        println!("System packages: nothing is missing.");
        return Ok(());
    }
    println!("System packages: {} missing, to be installed now:\n  {}", missing.len(), missing.join(" "));
    manager.install(&missing)
}

fn names(manager: Manager, wanted: impl Fn(Purpose) -> bool) -> Vec<&'static str> {
    let lists: &[(Purpose, &[&str])] = match manager {
        Manager::Apt => &[
            (Purpose::Terminal, DEBIAN_TERMINAL),
            (Purpose::Build, DEBIAN_BUILD),
            (Purpose::Test, DEBIAN_TEST),
            (Purpose::Bench, DEBIAN_BENCH),
        ],
        Manager::Dnf => &[(Purpose::Terminal, FEDORA_TERMINAL), (Purpose::Build, FEDORA_BUILD)],
        Manager::Pacman => &[(Purpose::Terminal, ARCH_TERMINAL), (Purpose::Build, ARCH_BUILD)],
    };
    let lists = lists.iter().filter(|(purpose, _)| wanted(*purpose));
    lists.flat_map(|(_, list)| *list).map(|name| name_here(name)).collect()
}

/// Ubuntu keeps Debian's names but for the browser.
fn name_here(name: &'static str) -> &'static str {
    let is_ubuntu = || {
        std::fs::read_to_string("/etc/os-release")
            .is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"))
    };
    if name == "chromium" && is_ubuntu() { "chromium-browser" } else { name }
}

impl Manager {
    fn of_this_machine() -> Option<Self> {
        let known = [("apt-get", Self::Apt), ("dnf", Self::Dnf), ("pacman", Self::Pacman)];
        known.into_iter().find(|(program, _)| Program::answers(program)).map(|(_, manager)| manager)
    }

    fn has(self, name: &str) -> bool {
        match self {
            Self::Apt => Program::new("dpkg-query")
                .args(["-W", "-f", "${db:Status-Status} ", name])
                .text()
                .is_some_and(|status| status.split(' ').any(|word| word == "installed")),
            Self::Dnf => Program::new("rpm").args(["-q", "--whatprovides", name]).text().is_some(),
            Self::Pacman => Program::new("pacman").args(["-T", name]).text().is_some(),
        }
    }

    fn install(self, missing: &[&str]) -> Result<()> {
        match self {
            Self::Apt => {
                let apt =
                    ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"];
                as_root(&[&apt[..], &["update"]].concat())?;
                as_root(&[&apt[..], &["install", "-y", "--no-install-recommends"], missing].concat())
            }
            Self::Dnf => as_root(&[&["dnf", "install", "-y"], missing].concat()),
            Self::Pacman => as_root(&[&["pacman", "-S", "--needed", "--noconfirm"], missing].concat()),
        }
    }
}

fn as_root(words: &[&str]) -> Result<()> {
    let is_root = Program::new("id").args(["-u"]).text().is_some_and(|id| id.trim() == "0");
    if is_root {
        return Program::new(words[0]).args(&words[1..]).run();
    }
    if !Program::answers("sudo") {
        let hint = format!("Run this as root, then try again:\n  {}", words.join(" "));
        return Err(Error::Needed { what: "sudo (or to be root)".to_owned(), hint });
    }
    Program::new("sudo").args(words).run()
}

fn say_what_else_is_needed() {
    if cfg!(target_os = "macos") {
        println!(
            "System packages: on macOS the Xcode command line tools are all that is needed (xcode-select --install)."
        );
    } else {
        println!(
            "System packages: on Windows, the Visual Studio C++ build tools and the WebView2 runtime are needed."
        );
    }
}
