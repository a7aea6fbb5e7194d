//! The use cases that change tokens.
//!
//! Each takes the tokens as they are and gives the record as it will be; the caller makes that durable and only
//! then [`Tokens::put`]s it. (Revoking and disabling are put in first: they must work with a full disk.)

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    Error,
    covers::uncovered,
    grant::{Access, Context, Grant, Granted},
    likeness::nearest,
    policy::ServicePolicy,
    rights::Extent,
    rules::{PermissionIndex, PermissionSet, Rules},
    service::{Service, ServiceName},
    time::Timestamp,
    token::{Note, Status, Token, TokenId, TokenName, TokenSecret},
};

/// So many grants are named at most in place of one that is refused.
const MOST_SUGGESTED: usize = 3;

/// A connected service with its compiled definition.
#[derive(Clone, Debug)]
pub struct Connected {
    /// Its record.
    pub service: Service,
    /// What its permissions mean.
    pub rules: Arc<Rules>,
}

/// All connected services.
pub type Services = BTreeMap<ServiceName, Connected>;

/// What the owner asks for when creating a token.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its name.
    pub name: TokenName,
    /// A note, or an empty one.
    pub note: Note,
    /// Full or limited.
    pub access: Access,
    /// When it ends; `None` is never.
    pub expires: Option<Timestamp>,
    /// Whether it may use the HTTPS proxy.
    pub proxy: bool,
}

/// What the owner asks to change. An absent field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct TokenChange {
    /// Another name.
    pub name: Option<TokenName>,
    /// Another note.
    pub note: Option<Note>,
    /// Other access.
    pub access: Option<Access>,
    /// Another end; `Some(None)` is never.
    pub expires: Option<Option<Timestamp>>,
    /// The HTTPS proxy too, or not.
    pub proxy: Option<bool>,
}

/// All tokens, also the revoked ones whose record is still shown.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    by_id: HashMap<TokenId, Arc<Token>>,
    live_by_name: HashMap<String, TokenId>,
}

impl Tokens {
    /// Puts a record in, replacing the one with its id.
    pub fn put(&mut self, token: Token) {
        if let Some(old) = self.by_id.get(&token.id)
            && self.live_by_name.get(&old.name.folded()) == Some(&token.id)
        {
            self.live_by_name.remove(&old.name.folded());
        }
        if !token.is_revoked() {
            self.live_by_name.insert(token.name.folded(), token.id);
        }
        self.by_id.insert(token.id, Arc::new(token));
    }

    /// Takes a record out.
    pub fn forget(&mut self, id: TokenId) {
        if let Some(old) = self.by_id.remove(&id)
            && self.live_by_name.get(&old.name.folded()) == Some(&id)
        {
            self.live_by_name.remove(&old.name.folded());
        }
    }

    /// All records, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Token>> {
        self.by_id.values()
    }

    /// The record with this id.
    pub fn by_id(&self, id: TokenId) -> Option<&Arc<Token>> {
        self.by_id.get(&id)
    }

    /// The token that the owner calls `text`: a live one's name, or an id, with or without `vkey_`.
    pub fn named(&self, text: &str) -> Result<&Arc<Token>, Error> {
        let by_name = self.live_by_name.get(&text.trim().to_lowercase());
        let by_id = || TokenId::parse(text.strip_prefix("vkey_").unwrap_or(text));
        by_name.copied().or_else(by_id).and_then(|id| self.by_id.get(&id)).ok_or_else(|| {
            Error::TokenUnknown {
                name: text.into(),
                nearest: nearest(text, self.live_by_name.keys().map(String::as_str)),
            }
        })
    }

    /// A new token.
    pub fn create(
        &self,
        services: &Services,
        new: NewToken,
        now: Timestamp,
    ) -> Result<(Token, TokenSecret), Error> {
        self.judge_name(&new.name, None)?;
        judge_access(&new.access, None, services)?;
        judge_expiry(new.expires, now)?;
        let (id, secret) = TokenSecret::generate()?;
        let token = Token {
            id,
            name: new.name,
            note: new.note,
            access: new.access,
            digest: secret.digest(),
            status: Status::Active,
            created: now,
            expires: new.expires,
            proxy: new.proxy,
        };
        Ok((token, secret))
    }

    /// The token with `change` made; same secret. Grants it had already may stay although the owner lost the right.
    pub fn update(
        &self,
        services: &Services,
        id: TokenId,
        change: TokenChange,
        now: Timestamp,
    ) -> Result<Token, Error> {
        let old = self.live(id)?;
        let mut token = Token::clone(old);
        if let Some(name) = change.name {
            self.judge_name(&name, Some(id))?;
            token.name = name;
        }
        if let Some(note) = change.note {
            token.note = note;
        }
        if let Some(access) = change.access {
            judge_access(&access, Some(&old.access), services)?;
            token.access = access;
        }
        if let Some(expires) = change.expires {
            if expires != old.expires {
                judge_expiry(expires, now)?;
            }
            token.expires = expires;
        }
        token.proxy = change.proxy.unwrap_or(token.proxy);
        Ok(token)
    }

    /// The token with a new secret; the old one ends.
    pub fn replace(&self, id: TokenId) -> Result<(Token, TokenSecret), Error> {
        let mut token = Token::clone(self.live(id)?);
        let secret = TokenSecret::generate_for(id)?;
        token.digest = secret.digest();
        Ok((token, secret))
    }

    /// The token switched off.
    pub fn disable(&self, id: TokenId) -> Result<Token, Error> {
        Ok(Token { status: Status::Disabled, ..Token::clone(self.live(id)?) })
    }

    /// The token switched on again.
    pub fn enable(&self, id: TokenId) -> Result<Token, Error> {
        Ok(Token { status: Status::Active, ..Token::clone(self.live(id)?) })
    }

    /// The token ended for good. Revoking a revoked token changes nothing and is no error.
    pub fn revoke(&self, id: TokenId, now: Timestamp) -> Result<Token, Error> {
        let token = self.known(id)?;
        let status = if token.is_revoked() { token.status } else { Status::Revoked { at: now } };
        Ok(Token { status, ..Token::clone(token) })
    }

    /// Every live token, ended for good.
    pub fn revoke_all(&self, now: Timestamp) -> Vec<Token> {
        self.by_id
            .values()
            .filter(|token| !token.is_revoked())
            .map(|token| Token { status: Status::Revoked { at: now }, ..Token::clone(token) })
            .collect()
    }

    fn known(&self, id: TokenId) -> Result<&Arc<Token>, Error> {
        self.by_id.get(&id).ok_or_else(|| Error::TokenUnknown { name: id.as_str().into(), nearest: None })
    }

    fn live(&self, id: TokenId) -> Result<&Arc<Token>, Error> {
        let token = self.known(id)?;
        if token.is_revoked() {
            return Err(Error::TokenRevoked { name: token.name.as_str().into() });
        }
        Ok(token)
    }

    fn judge_name(&self, name: &TokenName, own: Option<TokenId>) -> Result<(), Error> {
        match self.live_by_name.get(&name.folded()) {
            Some(other) if Some(*other) != own => Err(Error::NameTaken { name: name.as_str().into() }),
            _ => Ok(()),
        }
    }
}

fn judge_expiry(expires: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
    if expires.is_some_and(|end| end <= now) { Err(Error::ExpiryPast) } else { Ok(()) }
}

fn judge_access(access: &Access, before: Option<&Access>, services: &Services) -> Result<(), Error> {
    let Access::Limited(grants) = access else { return Ok(()) };
    if grants.is_empty() {
        return Err(Error::ScopeEmpty);
    }
    let had = |grant| matches!(before, Some(Access::Limited(had)) if had.contains(grant));
    grants.iter().filter(|grant| !had(grant)).try_for_each(|grant| judge_grant(grant, services))
}

/// Whether `grant` names things that exist and that the owner has.
pub fn judge_grant(grant: &Grant, services: &Services) -> Result<(), Error> {
    let connected = services.get(&grant.service).ok_or_else(|| Error::ServiceUnknown {
        name: grant.service.as_str().into(),
        nearest: nearest(grant.service.as_str(), services.keys().map(ServiceName::as_str)),
    })?;
    let rules = &*connected.rules;
    let named = judge_right(grant, rules)?;
    if named.is_some_and(|index| !rules.assignable(index, &grant.context)) {
        return Err(Error::NotAssignable { grant: grant.clone() });
    }
    let extent = connected.service.rights.extent(rules);
    let had = match named {
        None => !extent.left_of(grant, rules).is_empty(),
        Some(index) => extent.has(&grant.context, index, rules),
    };
    if had {
        Ok(())
    } else {
        Err(Error::OwnerLacks { had: had_instead(grant, rules, &extent), grant: grant.clone() })
    }
}

/// Whether `right`, as a service or its owner puts it, names things that `rules` have: its context, and its permission, whose place is
/// given back; a right in the global context holds everywhere, also where a grant would have to name a narrower one.
pub fn judge_right(right: &Grant, rules: &Rules) -> Result<Option<PermissionIndex>, Error> {
    judge_context(&right.context, &right.service, rules)?;
    let Granted::One(name) = &right.permission else { return Ok(None) };
    let known = rules.permission(name.as_str()).ok_or_else(|| Error::PermissionUnknown {
        service: right.service.clone(),
        permission: name.as_str().into(),
        nearest: nearest(name.as_str(), rules.permissions.iter().map(|known| known.name.as_str())),
    })?;
    Ok(Some(known))
}

/// What the owner has in place of a grant that is refused: the permissions most like it in its context, or the contexts that have it.
fn had_instead(grant: &Grant, rules: &Rules, extent: &Extent) -> Vec<Grant> {
    let Granted::One(wanted) = &grant.permission else { return Vec::new() };
    let Some(index) = rules.permission(wanted.as_str()) else { return Vec::new() };
    let mut itself = PermissionSet::default();
    itself.insert(index);
    let elsewhere = extent.left(&Context::Global, &itself, rules);
    if !elsewhere.is_empty() {
        let there = |(context, _)| Grant { context, ..grant.clone() };
        return elsewhere.into_iter().take(MOST_SUGGESTED).map(there).collect();
    }
    let had = rules.indices().filter(|index| {
        rules.assignable(*index, &grant.context) && extent.has(&grant.context, *index, rules)
    });
    let like = nearest(wanted.as_str(), had.map(|index| rules.permissions[index.0].name.as_str()));
    like.and_then(|name| name.parse().ok())
        .map(|permission| Grant { permission, ..grant.clone() })
        .into_iter()
        .collect()
}

/// Whether `context` is of a kind that `rules` has, with a value where one belongs.
pub fn judge_context(context: &Context, service: &ServiceName, rules: &Rules) -> Result<(), Error> {
    if *context == Context::Global {
        return Ok(());
    }
    let known = rules.kind(context.kind()).map(|kind| rules.kinds[kind].sole);
    if known == Some(context.value().is_none()) {
        return Ok(());
    }
    let kinds = rules.kinds.iter().map(|kind| &*kind.name).chain(["global"]);
    Err(Error::ContextUnknown {
        service: service.clone(),
        context: context.clone(),
        nearest: nearest(context.kind(), kinds),
    })
}

/// Why a grant gives nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// Its service is not connected.
    ServiceGone,
    /// Its service's definition does not have the permission.
    PermissionUnknown,
    /// The owner does not have the right.
    OwnerLacks,
    /// The owner does not have the right, but some of what it brings, which it gives still.
    OwnerHasPart,
}

/// Why `grant` gives nothing now, or not what it says, if that is so; `service` is the one that it is for.
pub fn inactive(grant: &Grant, service: Option<&ServicePolicy>) -> Option<Inactive> {
    let Some(service) = service else { return Some(Inactive::ServiceGone) };
    let rules = &service.rules;
    let named = match &grant.permission {
        Granted::Every => None,
        Granted::One(name) => match rules.permission(name.as_str()) {
            None => return Some(Inactive::PermissionUnknown),
            named => named,
        },
    };
    let left = service.extent().left_of(grant, rules);
    let is_left = match named {
        None => !left.is_empty(),
        Some(index) => left.iter().any(|(_, permissions)| permissions.contains(index)),
    };
    match (is_left, left.is_empty()) {
        (true, _) => None,
        (false, true) => Some(Inactive::OwnerLacks),
        (false, false) => Some(Inactive::OwnerHasPart),
    }
}

/// What `after` allows and `before` did not: the grants that give something new, or full access.
pub fn gained(before: &Access, after: &Access, services: &Services) -> Option<Access> {
    match after {
        Access::Full => (*before != Access::Full).then_some(Access::Full),
        Access::Limited(after) => {
            let gained: BTreeSet<Grant> = uncovered(before, after, services).cloned().collect();
            (!gained.is_empty()).then_some(Access::Limited(gained))
        }
    }
}
