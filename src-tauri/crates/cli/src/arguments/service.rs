use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

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
