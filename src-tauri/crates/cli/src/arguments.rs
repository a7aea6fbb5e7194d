use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::expiry::Expires;

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

#[derive(Debug, Subcommand)]
pub(crate) enum Service {
    /// Connect a service; its master credential comes from standard input or a prompt
    #[command(after_help = "Examples:\n  vk service add sandbox --kind sandbox\n  \
                            vk service add api --kind rest --url https://api.example.com < credential\n  \
                            vk service add api --kind rest --url https://api.example.com --definition api.json < credential\n  \
                            vk service add notes --openapi https://notes.example.com/openapi.json < credential")]
    Add(AddService),
    /// List the connected services
    List,
    /// Show one
    Show {
        /// Name of the service
        name: String,
    },
    /// Ask a service whether the credential works
    Check {
        /// Name of the service
        name: String,
    },
    /// List what you may do in a service, or say it where the service can't be asked
    #[command(after_help = "Examples:\n  vk service rights github\n  vk service rights api --read-only\n  \
                            vk service rights github --declare global:contents.read --declare repository=acme/site:issues.write")]
    Rights(Rights),
    /// Replace the master credential; the new one comes from standard input or a prompt
    Credential {
        /// Name of the service
        name: String,
    },
    /// Disconnect a service; its credential leaves the vault
    Remove {
        /// Name of the service
        name: String,
    },
    /// List the kinds of service that can be connected
    Kinds,
    /// Make a definition of an OpenAPI or Swagger document, to be edited and given to `vk service add --definition`
    ///
    /// It goes to standard output; what was found, and what was left out and why, to standard error. Neither a profile nor a running
    /// program is needed.
    #[command(after_help = "Examples:\n  vk service definition --from openapi.yaml --output notes.json\n  \
                            vk service definition --from https://notes.example.com/openapi.json --kind notes --context book > notes.json")]
    Definition(DefinitionArguments),
}

#[derive(Debug, Args)]
pub(crate) struct DefinitionArguments {
    /// The document: OpenAPI 3 or Swagger 2.0, in JSON or YAML
    #[arg(long, value_name = "FILE|URL", value_hint = ValueHint::FilePath)]
    pub(crate) from: String,
    /// What the kind is called; made of the document's title if absent
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// What permissions are made of
    #[arg(long, value_enum, default_value_t = PermissionsArgument::Scopes)]
    pub(crate) permissions: PermissionsArgument,
    /// Only this kind of context; may be given several times. All that are offered if absent
    #[arg(long = "context", value_name = "CONTEXT")]
    pub(crate) contexts: Vec<String>,
    /// No contexts: every grant is for the whole service
    #[arg(long, conflicts_with = "contexts")]
    pub(crate) no_contexts: bool,
    /// Where to write it, instead of standard output
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

/// What permissions are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsArgument {
    /// Of the scopes that operations require, and of tags where they require none
    Scopes,
    /// Of tags alone
    Tags,
}

/// What the owner may do in a service.
#[derive(Debug, Args)]
pub(crate) struct Rights {
    /// Name of the service
    pub(crate) name: String,
    /// You have this right: CONTEXT:PERMISSION; say it once for each
    #[arg(long, value_name = "RIGHT", conflicts_with_all = ["all", "read_only"])]
    pub(crate) declare: Vec<String>,
    /// You may do everything
    #[arg(long, conflicts_with = "read_only")]
    pub(crate) all: bool,
    /// You may do what is needed for reading
    #[arg(long)]
    pub(crate) read_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AddService {
    /// 1 to 63 characters a-z, 0-9 and -; part of its URL at the gateway
    pub(crate) name: String,
    /// Which kind; see `vk service kinds`
    #[arg(long, required_unless_present = "openapi")]
    pub(crate) kind: Option<String>,
    /// Where its API begins; the kind's usual place if absent
    #[arg(long, value_name = "BASE", value_hint = ValueHint::Url)]
    pub(crate) url: Option<String>,
    /// Your own definition (JSON) instead of the catalog's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) definition: Option<PathBuf>,
    /// An OpenAPI or Swagger document to make the definition of; see `vk service definition`
    #[arg(long, value_name = "FILE|URL", value_hint = ValueHint::FilePath, conflicts_with = "definition")]
    pub(crate) openapi: Option<String>,
    /// How its credential is sent: bearer, scheme:WORD, basic:USER or header:NAME
    #[arg(long)]
    pub(crate) auth: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Create a token and print it, once
    #[command(
        after_help = "Examples:\n  vk token create --name ci --grant sandbox:namespace=web:environment.view\n  \
                            vk token create --name admin --full --expires 30d\n  \
                            vk token create --name bot --scope space='project:key:SITE:Project.Issues.View'"
    )]
    Create {
        /// A distinctive name, unique among live tokens
        #[arg(long)]
        name: String,
        #[command(flatten)]
        scope: NewScope,
        /// never, a time such as 30d, or a date such as 2027-02-22
        #[arg(long, value_name = "30d|DATE|never", default_value = "never")]
        expires: Expires,
        /// A note beside the name
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
        /// May use the HTTPS proxy, for programs that can't be told another base URL
        #[arg(long)]
        proxy: bool,
    },
    /// List the tokens
    List {
        /// Revoked ones too, as long as their record is kept
        #[arg(long)]
        all: bool,
    },
    /// Show one
    Show {
        /// Name or id of the token
        name: String,
    },
    /// Change a token; what is not given stays, and so does the secret
    #[command(
        after_help = "Examples:\n  vk token update ci --name ci-writer --add sandbox:namespace=web:environment.manage\n  \
                            vk token update ci --expires never"
    )]
    Update(UpdateToken),
    /// Say what a token really used, and the least grants with which it could have
    #[command(after_help = "Example:\n  vk token suggest ci --days 90")]
    Suggest {
        /// Name or id of the token
        name: String,
        /// Look at so many days; at most those that activity is kept
        #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
        days: u32,
    },
    /// End tokens for good, all of those named or none
    Revoke {
        /// Names or ids
        #[arg(required_unless_present = "all")]
        names: Vec<String>,
        /// Every token
        #[arg(long, conflicts_with = "names")]
        all: bool,
    },
    /// Give a token a new secret and print it, once; the old one ends
    Replace {
        /// Name or id of the token
        name: String,
    },
    /// Switch a token off
    Disable {
        /// Name or id of the token
        name: String,
    },
    /// Switch a token on again
    Enable {
        /// Name or id of the token
        name: String,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct NewScope {
    /// Full access: everything you can do in every connected service
    #[arg(long, conflicts_with_all = ["grants", "scopes"])]
    pub(crate) full: bool,
    /// Limited access: SERVICE:CONTEXT:PERMISSION; may be given several times
    #[arg(long = "grant", value_name = "GRANT", num_args = 1..)]
    pub(crate) grants: Vec<String>,
    /// Limited access as Space and CodeCanvas write it: SERVICE='global:Profile.View project:key:SITE:Project.View'
    #[arg(long = "scope", value_name = "SERVICE=SCOPE", value_parser = OfService::parse)]
    pub(crate) scopes: Vec<OfService>,
}

/// A scope string of a service.
#[derive(Clone, Debug)]
pub(crate) struct OfService {
    pub(crate) service: String,
    pub(crate) text: String,
}

impl OfService {
    fn parse(argument: &str) -> Result<Self, &'static str> {
        let (service, text) = argument.split_once('=').ok_or("write it as SERVICE=SCOPE")?;
        Ok(Self { service: service.to_owned(), text: text.to_owned() })
    }
}

#[derive(Debug, Args)]
pub(crate) struct UpdateToken {
    /// Name or id of the token
    pub(crate) token: String,
    /// Another name
    #[arg(long = "name", value_name = "NAME")]
    pub(crate) new_name: Option<String>,
    /// Another note
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// Full access
    #[arg(long, conflicts_with_all = ["grants", "scopes", "add", "remove"])]
    pub(crate) full: bool,
    /// Limited access to just these
    #[arg(long = "grant", value_name = "GRANT", num_args = 1.., conflicts_with_all = ["add", "remove"])]
    pub(crate) grants: Vec<String>,
    /// Limited access to just these, as Space and CodeCanvas write it
    #[arg(long = "scope", value_name = "SERVICE=SCOPE", value_parser = OfService::parse, conflicts_with_all = ["add", "remove"])]
    pub(crate) scopes: Vec<OfService>,
    /// This grant too
    #[arg(long, value_name = "GRANT", num_args = 1..)]
    pub(crate) add: Vec<String>,
    /// This grant no more
    #[arg(long, value_name = "GRANT", num_args = 1..)]
    pub(crate) remove: Vec<String>,
    /// Another end: never, a time such as 30d, or a date
    #[arg(long, value_name = "30d|DATE|never")]
    pub(crate) expires: Option<Expires>,
    /// May use the HTTPS proxy from now on
    #[arg(long)]
    pub(crate) proxy: bool,
    /// May not use it any more
    #[arg(long, conflicts_with = "proxy")]
    pub(crate) no_proxy: bool,
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
