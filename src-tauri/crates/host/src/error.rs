use std::{
    io,
    path::{Path, PathBuf},
};

use valetkey_core::ports::{StoreFailure, VaultError};

/// What the host can't do, or refuses. None has a secret or a URL's query in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A parser or use case of the core.
    #[error(transparent)]
    Core(#[from] valetkey_core::Error),
    /// An own definition.
    #[error("the definition can't be used: {0}")]
    Definition(#[from] valetkey_catalog::Error),
    /// A document that a definition was to be made of.
    #[error("it can't be imported: {0}")]
    Import(valetkey_catalog::Error),
    /// A document's file.
    #[error("{}: {source}", path.display())]
    DocumentNotRead {
        /// Which.
        path: PathBuf,
        /// What the OS said.
        source: io::Error,
    },
    /// A document on the net.
    #[error("the document could not be fetched: {problem}")]
    DocumentNotFetched {
        /// Which step failed.
        problem: String,
    },
    /// Bytes that are no text.
    #[error("the document is not UTF-8 text")]
    DocumentNotText,
    /// What the owner pasted.
    #[error(transparent)]
    ScopeString(#[from] valetkey_catalog::scope_string::ScopeStringError),
    /// A service whose kind knows nothing of them.
    #[error("scope strings are for services of JetBrains Space and CodeCanvas, and “{service}” is none")]
    NoScopeStrings {
        /// Which.
        service: Box<str>,
    },
    /// The vault.
    #[error("{0}")]
    Vault(VaultError),
    /// Nothing was written, so nothing changed.
    #[error("nothing was changed: {0}")]
    NotSaved(StoreFailure),
    /// It acts already, and would not outlive this program.
    #[error("in force, but not saved yet: {0}")]
    InForceNotSaved(StoreFailure),
    /// The database could not be opened or read.
    #[error(transparent)]
    Database(#[from] valetkey_store::Error),
    /// The gateway could not start.
    #[error(transparent)]
    Gateway(#[from] valetkey_gateway::Error),
    /// A local certificate authority.
    #[error(transparent)]
    Authority(#[from] valetkey_gateway::AuthorityError),
    /// A name that the program keeps for itself.
    #[error("“{name}” is a name that Valet Key keeps for itself")]
    ServiceNameReserved {
        /// Which.
        name: Box<str>,
    },
    /// The sandbox could not start.
    #[error(transparent)]
    Sandbox(#[from] valetkey_sandbox::Error),
    /// No directory for the profile is known.
    #[error("this account has no home directory")]
    NoHome,
    /// There is no profile.
    #[error("there is no profile in {}", path.display())]
    ProfileMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is one already.
    #[error("there is a profile in {} already", path.display())]
    ProfileExists {
        /// Where.
        path: PathBuf,
    },
    /// Another program has it.
    #[error("another program has the profile in {} open", path.display())]
    ProfileInUse {
        /// Which.
        path: PathBuf,
    },
    /// It can't be trusted as it is.
    #[error("{}: {problem}", path.display())]
    ProfileUnsound {
        /// Which file or directory.
        path: PathBuf,
        /// What is wrong.
        problem: Box<str>,
    },
    /// The settings in the database can't be read.
    #[error("the settings in the database are damaged")]
    SettingsDamaged,
    /// A file.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the OS said.
        source: io::Error,
    },
    /// The OS takes no such long path for a socket.
    #[cfg(unix)]
    #[error("the socket path {} is longer than the {limit} bytes that this system takes", path.display())]
    SocketPathTooLong {
        /// Which.
        path: PathBuf,
        /// The most.
        limit: usize,
    },
    /// Another program has the port.
    #[error("port {port} is taken{}", by(.program.as_deref()))]
    PortTaken {
        /// Which port.
        port: u16,
        /// By whom, where the OS says.
        program: Option<String>,
    },
    /// Another kind does what this one did in an earlier version.
    #[error("“{kind}” is part of “{successor}” now")]
    KindGone {
        /// What was given.
        kind: Box<str>,
        /// The kind that does now what it did.
        successor: &'static str,
    },
    /// No such kind in the catalog.
    #[error("there is no kind of service “{kind}”")]
    KindUnknown {
        /// What was asked for.
        kind: Box<str>,
    },
    /// The kind has no usual place.
    #[error("a service of kind “{kind}” needs its base URL")]
    BaseUrlMissing {
        /// Which kind.
        kind: Box<str>,
    },
    /// The sandbox has no credential of the owner's.
    #[error("the sandbox makes its own credential; there is none to replace")]
    SandboxCredential,
    /// What a service tells of its credential needs no declaring.
    #[error("{service} says itself what its credential may do; nothing needs to be declared")]
    RightsToldByService {
        /// Which service.
        service: Box<str>,
    },
    /// The service answered 401.
    #[error("{service} refused the credential")]
    CredentialRefused {
        /// Which service.
        service: Box<str>,
    },
    /// No answer.
    #[error("{service} could not be reached: {problem}")]
    Unreachable {
        /// Which service.
        service: Box<str>,
        /// Which step failed.
        problem: String,
    },
    /// An answer in another form than this kind of service gives.
    #[error("{service} answered something that a service of its kind does not answer")]
    AnswerUnreadable {
        /// Which service.
        service: Box<str>,
    },
    /// No such method.
    #[error("“{method}” is not a method that is ever forwarded")]
    MethodUnknown {
        /// What was asked about.
        method: Box<str>,
    },
    /// Neither the gateway's nor a service's.
    #[error("“{url}” is neither a URL of the gateway nor of a connected service")]
    UrlUnknown {
        /// Without its query.
        url: Box<str>,
    },
    /// An empty passphrase encrypts nothing.
    #[error("the passphrase is empty")]
    PassphraseEmpty,
    /// 0 is no port to find a gateway at.
    #[error("0 is not a port that applications could be told")]
    PortZero,
    /// Days of activity.
    #[error("activity is kept between 1 and 3,650 days")]
    ActivityDays,
    /// Days of activity that are looked at.
    #[error("nothing can be found in 0 days")]
    SuggestionDays,
    /// A pause past the end of time.
    #[error("a pause can't be that long")]
    PauseTooLong,
    /// Not a request of the control socket.
    #[error("that is not a request of this program's control socket")]
    RequestMalformed,
    /// The running program has gone, or is of another version.
    #[error("the running program did not answer")]
    ControlClosed,
    /// A task panicked; the panic has been reported.
    #[error("a task of this program ended early")]
    TaskEnded,
}

fn by(program: Option<&str>) -> String {
    program.map(|program| format!(" by {program}")).unwrap_or_default()
}

impl Error {
    pub(crate) fn file(path: &Path, source: &io::Error) -> Self {
        // The OS's error code says it all; `io::Error` can't be cloned.
        let source = source.raw_os_error().map_or_else(|| source.kind().into(), io::Error::from_raw_os_error);
        Self::File { path: path.to_owned(), source }
    }

    pub(crate) fn unknown_service(name: &str) -> Self {
        Self::Core(valetkey_core::Error::ServiceUnknown { name: name.into(), nearest: None })
    }
}
