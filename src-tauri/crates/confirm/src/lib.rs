//! Which requests of the window need the owner's own word, and how they are asked for it.
//!
//! The window is a web page: a script in it could press every button there. What such a script must not do silently is put as
//! a [`Question`], drawn outside the page by a [`Confirmer`]. This crate decides and words; it does *not* draw.
//!
//! The invariant it upholds: text that came from the window can't change what a question says. It is shown in
//! quotation marks, on one line, shortened, and without characters that hide or reorder others.
//!
//! ```
//! use valetkey_confirm::creating;
//! use valetkey_wire::{Expiry, NewToken, Scope};
//!
//! let mut token =
//!     NewToken { name: "ci".to_owned(), note: String::new(), scope: Scope::Full, expiry: Expiry::Never, proxy: false };
//! assert!(creating(&token).is_some());
//! token.scope = Scope::Limited { grants: vec!["sandbox:global:namespaces.read".to_owned()] };
//! assert!(creating(&token).is_none());
//! ```

mod question;
mod quote;

use valetkey_wire::{Code, Error};

pub use question::{Question, creating, declaring_rights, fetching, replacing_credential, widening};

/// Asks the owner where the window can't answer for them.
pub trait Confirmer {
    /// Whether the owner said yes. Closing the question is a no.
    fn ask(&self, question: Question) -> impl Future<Output = bool> + Send;
}

/// Goes on if there is nothing to ask, or the owner said yes; [`Code::Declined`] otherwise.
pub async fn confirmed(confirmer: &impl Confirmer, question: Option<Question>) -> Result<(), Error> {
    let Some(question) = question else { return Ok(()) };
    if confirmer.ask(question).await {
        Ok(())
    } else {
        Err(Error::new(Code::Declined, "You said no. Nothing changed."))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use valetkey_wire::{Code, Expiry, NewToken, Scope};

    use super::{Confirmer, Question, confirmed, creating, replacing_credential};

    struct Owner {
        says: bool,
        asked: Mutex<Vec<Question>>,
    }

    impl Owner {
        fn who_says(says: bool) -> Self {
            Self { says, asked: Mutex::default() }
        }
    }

    impl Confirmer for Owner {
        async fn ask(&self, question: Question) -> bool {
            self.asked.lock().unwrap().push(question);
            self.says
        }
    }

    fn token(scope: Scope) -> NewToken {
        NewToken { name: "ci".to_owned(), note: String::new(), scope, expiry: Expiry::Never, proxy: false }
    }

    #[tokio::test]
    async fn a_full_token_is_created_only_with_the_owners_word() {
        let no = Owner::who_says(false);
        let error = confirmed(&no, creating(&token(Scope::Full))).await.unwrap_err();
        assert_eq!(error.code, Code::Declined);
        assert_eq!(no.asked.lock().unwrap().len(), 1);

        let yes = Owner::who_says(true);
        confirmed(&yes, creating(&token(Scope::Full))).await.unwrap();
        assert_eq!(yes.asked.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_limited_token_is_created_without_a_question() {
        let no = Owner::who_says(false);
        let grants = vec!["sandbox:global:namespaces.read".to_owned()];
        confirmed(&no, creating(&token(Scope::Limited { grants }))).await.unwrap();
        assert!(no.asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_credential_is_replaced_only_with_the_owners_word() {
        let no = Owner::who_says(false);
        let error = confirmed(&no, Some(replacing_credential("github"))).await.unwrap_err();
        assert_eq!(error.code, Code::Declined);
        assert!(no.asked.lock().unwrap()[0].text.contains("“github”"));
    }
}
