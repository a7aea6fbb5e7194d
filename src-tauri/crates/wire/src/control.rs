use serde::{Deserialize, Serialize};

use crate::{
    ActivityFilter, ActivityRow, ContextSearch, DeclaredRights, Error, Explanation, NewSecret, NewService,
    NewToken, PermissionList, Question, SecretText, ServiceKind, ServiceRow, Settings, SettingsChange,
    Status, Suggestion, TokenChange, TokenRow,
};

/// What a terminal asks of the running program: one JSON object a line over the control socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Everything at a glance.
    Status,
    /// Kinds of service that can be connected.
    ServiceKinds,
    /// All services.
    Services,
    /// Connects one.
    AddService {
        /// Which.
        service: NewService,
    },
    /// Asks it whether the credential works, who the owner is, what they may do.
    CheckService {
        /// Its name.
        name: String,
    },
    /// Says what the owner may do there.
    DeclareRights {
        /// Its name.
        name: String,
        /// What.
        rights: DeclaredRights,
    },
    /// Replaces its master credential.
    ReplaceCredential {
        /// Its name.
        name: String,
        /// The new one.
        credential: SecretText,
    },
    /// Disconnects it.
    RemoveService {
        /// Its name.
        name: String,
    },
    /// What can be granted.
    Permissions {
        /// Of which service.
        service: String,
        /// In which context; `global` if absent.
        #[serde(default)]
        context: Option<String>,
    },
    /// What a scope string means in grants.
    ReadScopeString {
        /// Of which service.
        service: String,
        /// In its words.
        text: String,
    },
    /// What there is of a kind of context.
    SearchContexts {
        /// In which service.
        service: String,
        /// Which kind.
        kind: String,
        /// What is in the name; everything if empty.
        #[serde(default)]
        text: String,
    },
    /// All tokens, revoked ones whose record is still shown among them.
    Tokens,
    /// Creates one.
    CreateToken {
        /// As asked.
        token: NewToken,
    },
    /// Changes one.
    UpdateToken {
        /// Name or id.
        token: String,
        /// What changes.
        change: TokenChange,
    },
    /// Gives one a new secret.
    ReplaceToken {
        /// Name or id.
        token: String,
    },
    /// Switches one off.
    DisableToken {
        /// Name or id.
        token: String,
    },
    /// Switches one on.
    EnableToken {
        /// Name or id.
        token: String,
    },
    /// Ends these for good, all or none.
    RevokeTokens {
        /// Names or ids.
        tokens: Vec<String>,
    },
    /// Ends all.
    RevokeAllTokens,
    /// What would be decided.
    Explain {
        /// About what.
        question: Question,
    },
    /// What a token really used.
    SuggestToken {
        /// Name or id.
        token: String,
        /// Of so many days; 30 if absent.
        #[serde(default)]
        days: Option<u32>,
    },
    /// Records of requests.
    Activity {
        /// Which.
        filter: ActivityFilter,
    },
    /// Answers 503 until resumed.
    Pause {
        /// For so long, in milliseconds; until resumed if absent.
        #[serde(default)]
        millis: Option<u64>,
    },
    /// Forwards again.
    Resume,
    /// Drops every credential from memory.
    Lock,
    /// Reads them again.
    Unlock {
        /// For a vault file.
        #[serde(default)]
        passphrase: Option<SecretText>,
    },
    /// The settings.
    Settings,
    /// Changes them.
    ChangeSettings {
        /// What changes.
        change: SettingsChange,
    },
}

/// The answer, one JSON object a line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "reply", content = "value", rename_all = "snake_case")]
pub enum Reply {
    /// Done; there is nothing to say.
    Done,
    /// To `Status`, `Pause`, `Resume`, `Lock`, `Unlock`.
    Status(Box<Status>),
    /// To `ServiceKinds`.
    ServiceKinds(Vec<ServiceKind>),
    /// To `Services`.
    Services(Vec<ServiceRow>),
    /// To `AddService`, `CheckService`, `DeclareRights`, `ReplaceCredential`.
    Service(Box<ServiceRow>),
    /// To `Permissions`.
    Permissions(PermissionList),
    /// To `ReadScopeString`.
    Grants(Vec<String>),
    /// To `SearchContexts`.
    Contexts(ContextSearch),
    /// To `Tokens`, `RevokeTokens`, `RevokeAllTokens`.
    Tokens(Vec<TokenRow>),
    /// To `UpdateToken`, `DisableToken`, `EnableToken`.
    Token(Box<TokenRow>),
    /// To `CreateToken` and `ReplaceToken`.
    Secret(NewSecret),
    /// To `Explain`.
    Explanation(Explanation),
    /// To `SuggestToken`.
    Suggestion(Box<Suggestion>),
    /// To `Activity`.
    Activity(Vec<ActivityRow>),
    /// To `Settings` and `ChangeSettings`.
    Settings(Settings),
    /// It could not be done.
    Error(Error),
}
