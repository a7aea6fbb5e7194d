mod service;
mod token;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

pub(crate) use service::{AddService, DefinitionArguments, PermissionsArgument, Rights, Service};
pub(crate) use token::{NewScope, OfService, Token, UpdateToken};

/// Valet keys for API access: limited, visible, revocable personal tokens in front of master credentials.
#[derive(Debug, Parser)]
#[command(
    name = "vk",
    version,
    propagate_version = true,
    after_help = "Secrets are never arguments: they are read from standard input or from a hidden prompt.\n\
                  Exit status: 0 done, 1 refused or failed, 2 wrong usage."
)]
pub(crate) struct Arguments {
    /// Directory of the profile, instead of the one in your data directory
    #[arg(long, global = true, env = "VALETKEY_PROFILE", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) profile: Option<PathBuf>,
    /// Answer with one JSON document on standard output; errors as JSON on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a profile
    #[command(after_help = "Examples:\n  vk init\n  VALETKEY_PASSPHRASE_FILE=pass vk init --vault file")]
    Init {
        /// Where master credentials live; a file's passphrase comes from a prompt or the file named by
        /// `VALETKEY_PASSPHRASE_FILE`
        #[arg(long, value_enum, default_value_t = VaultArgument::Keychain)]
        vault: VaultArgument,
    },
    /// Run the gateway in this terminal, without a window
    #[command(after_help = "Examples:\n  vk serve\n  vk serve --listen 127.0.0.1:0 --json")]
    Serve {
        /// Loopback address instead of the one in the settings; port 0 takes a free port
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<SocketAddr>,
        /// Unix socket instead of gateway.sock in the profile
        #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
        socket: Option<PathBuf>,
    },
    /// Run a program that reaches the gateway with a token
    ///
    /// The program gets `VALETKEY_URL`, `VALETKEY_TOKEN` and, for each service, `VALETKEY_<SERVICE>_URL`; and for each kind of service
    /// that the token reaches, what its usual clients read, such as `OPENAI_BASE_URL` and `OPENAI_API_KEY`. The secret is taken from
    /// `VALETKEY_TOKEN`, else from standard input or a prompt.
    #[command(
        after_help = "Examples:\n  vk run --token ci -- sh -c 'curl -H \"Authorization: Bearer $VALETKEY_TOKEN\" \
                            $VALETKEY_SANDBOX_URL/me'\n  vk run --proxy --token agent -- git clone https://git.example.com/site.git"
    )]
    Run {
        /// Name or id of the token
        #[arg(long, value_name = "NAME")]
        token: String,
        /// Through the HTTPS proxy too: for a program that talks to the services under their own names
        #[arg(long)]
        proxy: bool,
        /// Which service the usual clients shall find, where several are of one kind; may be given several times
        #[arg(long = "service", value_name = "NAME")]
        services: Vec<String>,
        /// The program and its arguments
        #[arg(last = true, required = true, value_hint = ValueHint::CommandWithArguments)]
        command: Vec<std::ffi::OsString>,
    },
    /// Print a script that completes commands in a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    #[command(flatten)]
    Ask(Ask),
}

/// What is asked of a host.
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// Show everything at a glance
    Status,
    /// Connect and look after services
    #[command(subcommand)]
    Service(Service),
    /// List what you can grant in a service
    #[command(
        after_help = "Examples:\n  vk permissions sandbox\n  vk permissions sandbox --context namespace=web"
    )]
    Permissions {
        /// Name of the service
        service: String,
        /// global, KIND=VALUE or KIND
        #[arg(long, default_value = "global")]
        context: String,
    },
    /// Search what a permission can be limited to: repositories, projects, groups
    #[command(after_help = "Examples:\n  vk contexts github repository site\n  vk contexts gitlab project")]
    Contexts {
        /// Name of the service
        service: String,
        /// Which kind of context; `vk permissions SERVICE` lists them
        kind: String,
        /// What its name has in it
        text: Option<String>,
    },
    /// Create, change and revoke personal tokens
    #[command(subcommand)]
    Token(Token),
    /// Say what would be decided about a request, and by which grant or for want of which
    #[command(
        after_help = "Examples:\n  vk explain ci GET /sandbox/namespaces/web\n  vk explain ci POST https://api.github.com/graphql --body query.json"
    )]
    Explain {
        /// Name or id of the token
        token: String,
        /// Such as GET
        method: String,
        /// A URL of the gateway or of the service itself, or /SERVICE/PATH
        url: String,
        /// The body that would come with it, from a file; - for standard input
        #[arg(long, value_name = "FILE")]
        body: Option<PathBuf>,
        /// What the body is
        #[arg(long, value_name = "TYPE", default_value = "application/json", requires = "body")]
        content_type: String,
    },
    /// List the requests that were made, newest last
    #[command(after_help = "Examples:\n  vk activity --denied --limit 20\n  vk activity --token ci --follow")]
    Activity(Activity),
    /// Answer every request with 503 until resumed
    Pause {
        /// Resume by itself after so long, such as 5m
        #[arg(long = "for", value_name = "TIME")]
        span: Option<jiff::SignedDuration>,
    },
    /// Forward again after a pause
    Resume,
    /// Drop every master credential from memory
    Lock,
    /// Read the master credentials again
    Unlock,
    /// Serve HTTPS on loopback too, for clients that insist on it
    #[command(
        subcommand,
        after_help = "Example:\n  vk https on\n  curl --cacert PATH -H \"Authorization: Bearer $TOKEN\" https://127.0.0.1:7743/sandbox/me"
    )]
    Https(Https),
    /// Show the settings, or change those that are given
    Settings {
        /// Port of the gateway
        #[arg(long)]
        port: Option<u16>,
        /// Listen on IPv6 loopback (`[::1]`) too
        #[arg(long, value_name = "true|false")]
        ipv6: Option<bool>,
        /// Your name; an empty one goes back to the account's
        #[arg(long)]
        owner_name: Option<String>,
        /// Days that activity is kept
        #[arg(long, value_name = "DAYS")]
        activity_days: Option<u32>,
    },
}

/// Where master credentials live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VaultArgument {
    /// The OS keychain
    Keychain,
    /// A passphrase-encrypted file in the profile
    File,
}

/// HTTPS on loopback.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Https {
    /// Switch it on, on the same port; a certificate authority of this machine is made the first time
    On,
    /// Switch it off; the authority is kept, so that clients trust it when it is on again
    Off,
    /// Show how it stands, and what to give to clients
    Status,
    /// Print the authority's certificate
    Certificate,
}

#[derive(Debug, Args)]
pub(crate) struct Activity {
    /// Of this token only: name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) token: Option<String>,
    /// Of this service only
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Refusals only
    #[arg(long)]
    pub(crate) denied: bool,
    /// Only what the service itself refused; with --denied, what either refused
    #[arg(long)]
    pub(crate) refused_by_service: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: u32,
    /// Keep printing new ones; with --json, one document a line
    #[arg(long)]
    pub(crate) follow: bool,
}
