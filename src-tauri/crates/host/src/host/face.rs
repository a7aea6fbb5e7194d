//! The use cases as shell and terminal see them: one method for each request, and one place where errors are translated.

use std::sync::Arc;

use tokio::sync::broadcast;
use valetkey_core::token::Status;
use valetkey_wire::{self as wire, Event, Reply, Request};

use super::Host;
use crate::{
    activity, contexts, explain, gateway, owner::owner, rights, scope_strings, services, settings,
    state::Lock, suggestion, tokens, vault,
};

#[expect(clippy::unused_async, reason = "shell and control socket await every use case alike")]
impl Host {
    /// Every change is announced here; whoever shows something reads it again.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events()
    }

    /// Carries out a request of the control socket.
    pub async fn call(&self, request: Request) -> Result<Reply, wire::Error> {
        Ok(match request {
            Request::Status => self.status_reply().await,
            Request::ServiceKinds => Reply::ServiceKinds(self.service_kinds().await),
            Request::Services => Reply::Services(self.services().await),
            Request::AddService { service } => Reply::Service(Box::new(self.add_service(service).await?)),
            Request::CheckService { name } => Reply::Service(Box::new(self.check_service(&name).await?)),
            Request::DeclareRights { name, rights } => {
                Reply::Service(Box::new(self.declare_rights(&name, &rights).await?))
            }
            Request::ReplaceCredential { name, credential } => {
                Reply::Service(Box::new(self.replace_credential(&name, &credential).await?))
            }
            Request::RemoveService { name } => {
                self.remove_service(&name).await?;
                Reply::Done
            }
            Request::Permissions { service, context } => {
                Reply::Permissions(self.permissions(&service, context.as_deref()).await?)
            }
            Request::ReadScopeString { service, text } => {
                Reply::Grants(self.read_scope_string(&service, &text).await?)
            }
            Request::SearchContexts { service, kind, text } => {
                Reply::Contexts(self.search_contexts(&service, &kind, &text).await?)
            }
            Request::Tokens => Reply::Tokens(self.tokens().await?),
            Request::CreateToken { token } => Reply::Secret(self.create_token(token).await?),
            Request::UpdateToken { token, change } => {
                Reply::Token(Box::new(self.update_token(&token, change).await?))
            }
            Request::ReplaceToken { token } => Reply::Secret(self.replace_token(&token).await?),
            Request::DisableToken { token } => Reply::Token(Box::new(self.disable_token(&token).await?)),
            Request::EnableToken { token } => Reply::Token(Box::new(self.enable_token(&token).await?)),
            Request::RevokeTokens { tokens } => Reply::Tokens(self.revoke_tokens(&tokens).await?),
            Request::RevokeAllTokens => Reply::Tokens(self.revoke_all_tokens().await?),
            Request::Explain { question } => Reply::Explanation(self.explain(&question).await?),
            Request::SuggestToken { token, days } => {
                Reply::Suggestion(Box::new(self.suggest_token(&token, days).await?))
            }
            Request::Activity { filter } => Reply::Activity(self.activity(filter).await?),
            Request::Pause { millis } => {
                self.pause(millis).await?;
                self.status_reply().await
            }
            Request::Resume => {
                self.resume().await;
                self.status_reply().await
            }
            Request::Lock => {
                self.lock().await;
                self.status_reply().await
            }
            Request::Unlock { passphrase } => {
                self.unlock(passphrase).await?;
                self.status_reply().await
            }
            Request::Settings => Reply::Settings(self.settings().await),
            Request::ChangeSettings { change } => Reply::Settings(self.change_settings(change).await?),
        })
    }

    async fn status_reply(&self) -> Reply {
        Reply::Status(Box::new(self.status().await))
    }

    /// Everything at a glance.
    pub async fn status(&self) -> wire::Status {
        let state = self.inner.state();
        let now = self.inner.clock.now();
        let active = |token: &Arc<valetkey_core::token::Token>| {
            token.status == Status::Active && !token.is_expired(now)
        };
        wire::Status {
            version: env!("CARGO_PKG_VERSION").into(),
            profile: self.inner.profile.path().display().to_string(),
            owner: owner(state.settings.owner_name.as_deref()),
            gateway: gateway::row(&self.inner, &state),
            vault: wire::Vault {
                kind: self.inner.card.vault,
                locked: matches!(state.lock, Lock::Locked { .. }),
                problem: state.vault_problem().map(|problem| problem.to_string()),
            },
            tokens_active: state.tokens.iter().filter(|token| active(token)).count(),
            services: state.services.len(),
            unsaved: if state.save_problem.is_some() { state.unsaved.len() } else { 0 },
            ending: services::ending(&state, now),
        }
    }

    /// Kinds of service that can be connected.
    pub async fn service_kinds(&self) -> Vec<wire::ServiceKind> {
        services::kinds()
    }

    /// All services.
    pub async fn services(&self) -> Vec<wire::ServiceRow> {
        services::list(&self.inner)
    }

    /// Connects one.
    pub async fn add_service(&self, service: wire::NewService) -> Result<wire::ServiceRow, wire::Error> {
        Ok(services::add(&self.inner, service).await?)
    }

    /// Asks it whether the credential works, who the owner is, what they may do.
    pub async fn check_service(&self, name: &str) -> Result<wire::ServiceRow, wire::Error> {
        Ok(services::check_service(&self.inner, name).await?)
    }

    /// Says what the owner may do there, where the service can't be asked.
    pub async fn declare_rights(
        &self,
        name: &str,
        rights: &wire::DeclaredRights,
    ) -> Result<wire::ServiceRow, wire::Error> {
        Ok(rights::declare(&self.inner, name, rights).await?)
    }

    /// Replaces its master credential; every token keeps working.
    pub async fn replace_credential(
        &self,
        name: &str,
        credential: &wire::SecretText,
    ) -> Result<wire::ServiceRow, wire::Error> {
        Ok(services::replace_credential(&self.inner, name, credential).await?)
    }

    /// Disconnects it.
    pub async fn remove_service(&self, name: &str) -> Result<(), wire::Error> {
        Ok(services::remove(&self.inner, name).await?)
    }

    /// What can be granted in a context of a service; `global` if none is given.
    pub async fn permissions(
        &self,
        service: &str,
        context: Option<&str>,
    ) -> Result<wire::PermissionList, wire::Error> {
        Ok(services::permissions(&self.inner, service, context)?)
    }

    /// What a scope string of the service means in grants.
    pub async fn read_scope_string(&self, service: &str, text: &str) -> Result<Vec<String>, wire::Error> {
        Ok(scope_strings::read(&self.inner, service, text)?)
    }

    /// Values of a kind of context with `text` in them, as the service finds them.
    pub async fn search_contexts(
        &self,
        service: &str,
        kind: &str,
        text: &str,
    ) -> Result<wire::ContextSearch, wire::Error> {
        Ok(contexts::search(&self.inner, service, kind, text).await?)
    }

    /// All tokens, revoked ones whose record is still shown behind the live ones.
    pub async fn tokens(&self) -> Result<Vec<wire::TokenRow>, wire::Error> {
        Ok(tokens::list(&self.inner).await?)
    }

    /// Creates one.
    pub async fn create_token(&self, token: wire::NewToken) -> Result<wire::NewSecret, wire::Error> {
        Ok(tokens::create(&self.inner, token).await?)
    }

    /// Changes one; in force on the next request when this returns.
    pub async fn update_token(
        &self,
        token: &str,
        change: wire::TokenChange,
    ) -> Result<wire::TokenRow, wire::Error> {
        Ok(tokens::update(&self.inner, token, &change).await?)
    }

    /// What `change` would let the token do that it can't do now, judged by what grants give.
    pub fn gained(
        &self,
        token: &str,
        change: &wire::TokenChange,
    ) -> Result<Option<wire::Scope>, wire::Error> {
        Ok(tokens::gained(&self.inner, token, change)?)
    }

    /// Gives one a new secret; the old one is refused when this returns.
    pub async fn replace_token(&self, token: &str) -> Result<wire::NewSecret, wire::Error> {
        Ok(tokens::replace(&self.inner, token).await?)
    }

    /// Switches one off. On [`wire::Code::InForceNotSaved`] it is off, and not durably so.
    pub async fn disable_token(&self, token: &str) -> Result<wire::TokenRow, wire::Error> {
        Ok(tokens::disable(&self.inner, token).await?)
    }

    /// Switches one on.
    pub async fn enable_token(&self, token: &str) -> Result<wire::TokenRow, wire::Error> {
        Ok(tokens::enable(&self.inner, token).await?)
    }

    /// Ends these for good, all or none. On [`wire::Code::InForceNotSaved`] they are refused, and not durably so.
    pub async fn revoke_tokens(&self, tokens: &[String]) -> Result<Vec<wire::TokenRow>, wire::Error> {
        Ok(tokens::revoke(&self.inner, tokens).await?)
    }

    /// Ends all.
    pub async fn revoke_all_tokens(&self) -> Result<Vec<wire::TokenRow>, wire::Error> {
        Ok(tokens::revoke_all(&self.inner).await?)
    }

    /// What would be decided.
    pub async fn explain(&self, question: &wire::Question) -> Result<wire::Explanation, wire::Error> {
        Ok(explain::explain(&self.inner, question)?)
    }

    /// What would be decided for a token of this scope.
    pub async fn try_scope(&self, trial: &wire::Trial) -> Result<wire::Explanation, wire::Error> {
        Ok(explain::try_scope(&self.inner, trial)?)
    }

    /// What a token really used in so many days, and the least grants with which it could have; 30 if none are given.
    pub async fn suggest_token(
        &self,
        token: &str,
        days: Option<u32>,
    ) -> Result<wire::Suggestion, wire::Error> {
        Ok(suggestion::suggest(&self.inner, token, days).await?)
    }

    /// Records of requests, newest first.
    pub async fn activity(
        &self,
        filter: wire::ActivityFilter,
    ) -> Result<Vec<wire::ActivityRow>, wire::Error> {
        Ok(activity::list(&self.inner, filter).await?)
    }

    /// Answers 503 until resumed, or for so many milliseconds.
    pub async fn pause(&self, millis: Option<u64>) -> Result<(), wire::Error> {
        Ok(gateway::pause(&self.inner, millis).await?)
    }

    /// Forwards again.
    pub async fn resume(&self) {
        gateway::resume(&self.inner).await;
    }

    /// Drops every credential from memory.
    pub async fn lock(&self) {
        vault::lock(&self.inner).await;
    }

    /// Reads them again; a vault file needs its passphrase.
    pub async fn unlock(&self, passphrase: Option<wire::SecretText>) -> Result<(), wire::Error> {
        Ok(vault::unlock(&self.inner, passphrase).await?)
    }

    /// The settings.
    pub async fn settings(&self) -> wire::Settings {
        self.inner.state().settings.clone()
    }

    /// Changes them; another port is taken at once.
    pub async fn change_settings(&self, change: wire::SettingsChange) -> Result<wire::Settings, wire::Error> {
        Ok(settings::change(&self.inner, change).await?)
    }
}
