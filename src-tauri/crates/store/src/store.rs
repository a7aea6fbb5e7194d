use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use valetkey_core::{
    ports::{StoreFailure, TokenStore},
    service::{Service, ServiceName},
    token::{Status, Token, TokenId},
};

use crate::{
    Error, connection,
    reserve::Reserve,
    table::{
        accepted,
        last_uses::{self, LastUse},
        services, settings, tokens,
    },
};

/// Everything the store holds but activity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// All tokens, revoked ones too, by id.
    pub tokens: Vec<Token>,
    /// All connected services, by name.
    pub services: Vec<Service>,
    /// The last permit of each token that has had one.
    pub last_uses: HashMap<TokenId, LastUse>,
    /// All settings.
    pub settings: BTreeMap<String, String>,
    /// What services say that operations accept, by operation.
    pub accepted: HashMap<ServiceName, BTreeMap<Box<str>, Box<str>>>,
}

/// The profile's database, as the owner's changes reach it.
///
/// It does not keep a second program out; whoever opens a profile holds the profile's lock.
pub struct Store {
    connection: Connection,
    reserve: Reserve,
}

impl Store {
    /// Opens the database in `directory`, which must be private already (see [`crate::make_directory`]), and makes it
    /// where there is none. On a full disk the reserve is used for that.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let reserve = Reserve::of(directory);
        let connection = reserve.lend(|| connection::open(directory))?;
        reserve.keep();
        Ok(Self { connection, reserve })
    }

    /// Reads everything at one moment.
    pub fn load(&self) -> Result<Contents, Error> {
        let snapshot = self.connection.unchecked_transaction()?;
        Ok(Contents {
            tokens: tokens::load(&snapshot)?,
            services: services::load(&snapshot)?,
            last_uses: last_uses::load(&snapshot)?.into_iter().collect(),
            settings: settings::load(&snapshot)?.into_iter().collect(),
            accepted: accepted::load(&snapshot)?,
        })
    }

    /// The last permit of each token that has had one, as far as activity has been ingested.
    pub fn last_uses(&self) -> Result<HashMap<TokenId, LastUse>, Error> {
        Ok(last_uses::load(&self.connection)?.into_iter().collect())
    }

    /// The value of a setting.
    pub fn setting(&self, key: &str) -> Result<Option<String>, Error> {
        settings::find(&self.connection, key)
    }

    /// Puts a setting in, replacing its value; durable on return.
    pub fn save_setting(&mut self, key: &str, value: &str) -> Result<(), Error> {
        self.change(Space::Free, |transaction| settings::save(transaction, key, value))
    }

    /// Notes what a service says that an operation accepts.
    pub fn save_accepted(&mut self, service: &ServiceName, operation: &str, text: &str) -> Result<(), Error> {
        self.change(Space::Free, |transaction| accepted::save(transaction, service, operation, text))
    }

    fn change(
        &mut self,
        space: Space,
        mut change: impl FnMut(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let connection = &mut self.connection;
        let mut commit = || {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            change(&transaction)?;
            Ok(transaction.commit()?)
        };
        match space {
            Space::Reserved => self.reserve.lend(commit),
            Space::Free => {
                commit()?;
                self.reserve.keep();
                Ok(())
            }
        }
    }
}

/// Which disk space a change may use. The reserve is for what takes power away.
#[derive(Clone, Copy)]
enum Space {
    Free,
    Reserved,
}

impl Space {
    fn for_tokens(tokens: &[Token]) -> Self {
        let ends = |token: &Token| !matches!(token.status, Status::Active);
        if tokens.iter().all(ends) { Self::Reserved } else { Self::Free }
    }
}

impl TokenStore for Store {
    fn save_token(&mut self, token: &Token) -> Result<(), StoreFailure> {
        self.save_tokens(std::slice::from_ref(token))
    }

    fn save_tokens(&mut self, tokens: &[Token]) -> Result<(), StoreFailure> {
        let save = |transaction: &Transaction<'_>| {
            tokens.iter().try_for_each(|token| tokens::save(transaction, token))
        };
        Ok(self.change(Space::for_tokens(tokens), save)?)
    }

    fn forget_token(&mut self, token: TokenId) -> Result<(), StoreFailure> {
        Ok(self.change(Space::Reserved, |transaction| tokens::forget(transaction, token))?)
    }

    fn save_service(&mut self, service: &Service) -> Result<(), StoreFailure> {
        Ok(self.change(Space::Free, |transaction| services::save(transaction, service))?)
    }

    fn forget_service(&mut self, service: &ServiceName) -> Result<(), StoreFailure> {
        Ok(self.change(Space::Reserved, |transaction| services::forget(transaction, service))?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use valetkey_core::{
        grant::Access,
        time::Timestamp,
        token::{Note, TokenName, TokenSecret},
    };

    use super::*;

    fn token(name: &str) -> Token {
        let (id, secret) = TokenSecret::generate().unwrap();
        let grants: BTreeSet<_> =
            (0..20).map(|n| format!("github:repository=acme/{n}:contents.read").parse().unwrap()).collect();
        Token {
            id,
            name: TokenName::parse(name).unwrap(),
            note: Note::default(),
            access: Access::Limited(grants),
            digest: secret.digest(),
            status: Status::Active,
            created: Timestamp::from_millis(1),
            expires: None,
            proxy: false,
        }
    }

    #[test]
    fn a_database_that_can_not_grow_reports_a_full_disk_and_keeps_what_it_had() {
        let directory = crate::place::temporary();
        let mut store = Store::open(directory.path()).unwrap();
        let first = token("first");
        store.save_token(&first).unwrap();
        let before = store.load().unwrap();
        let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        store.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();

        let many: Vec<Token> = (0..200).map(|n| token(&format!("token {n}"))).collect();
        assert_eq!(store.save_tokens(&many), Err(StoreFailure::DiskFull));
        assert_eq!(store.load().unwrap(), before);

        let revoked = Token { status: Status::Revoked { at: Timestamp::from_millis(2) }, ..first };
        store.save_token(&revoked).unwrap();
        assert_eq!(store.load().unwrap().tokens, [revoked]);
    }
}
