use clap::{Args, Subcommand};

use crate::expiry::Expires;

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
