use valetkey_wire::{Code, DeclaredRights, Error, Expiry, NewToken, Scope, TokenChange, TokenRow};

use crate::quote::{plain, quoted};

/// Grants that a question lists; more are counted.
const LISTED: usize = 8;

/// What the owner is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question itself.
    pub title: String,
    /// What yes would mean.
    pub text: String,
    /// The word on the button that says yes.
    pub yes: String,
}

/// A token with full access can do all that the owner can.
pub fn creating(token: &NewToken) -> Option<Question> {
    match token.scope {
        Scope::Limited { .. } => None,
        Scope::Full => Some(Question {
            title: "Create a token with full access?".to_owned(),
            text: format!(
                "{} can do everything that you can do, in every connected service and in those that you connect \
                 later. That includes deleting.",
                quoted(&token.name)
            ),
            yes: "Create with full access".to_owned(),
        }),
    }
}

/// To be asked where the change gives the token more than it has: what is gained of access, or a later end.
pub fn widening(token: &TokenRow, gained: Option<&Scope>, change: &TokenChange) -> Option<Question> {
    let gains = gains(token, gained, change);
    if gains.is_empty() {
        return None;
    }
    let mut text = format!("{} gains:\n", quoted(&token.name));
    for gain in gains {
        text.push_str("\n  + ");
        text.push_str(&gain);
    }
    text.push_str("\n\nWhoever has its secret already gains this at once.");
    Some(Question { title: "Widen this token?".to_owned(), text, yes: "Widen".to_owned() })
}

/// Every token that reaches the service will act by the new credential.
pub fn replacing_credential(service: &str) -> Question {
    Question {
        title: "Replace the master credential?".to_owned(),
        text: format!(
            "Every token that may use {} acts with the new credential from now on. The old one is forgotten.",
            quoted(service)
        ),
        yes: "Replace".to_owned(),
    }
}

/// Grants that gave nothing may give something again.
pub fn declaring_rights(service: &str, rights: &DeclaredRights) -> Question {
    let what = match rights {
        DeclaredRights::All => "you may do everything there".to_owned(),
        DeclaredRights::ReadOnly => "you may read there and change nothing".to_owned(),
        DeclaredRights::Only { list } if list.len() == 1 => "you have 1 right there and no others".to_owned(),
        DeclaredRights::Only { list } => format!("you have {} rights there and no others", list.len()),
    };
    Question {
        title: "Say what you may do?".to_owned(),
        text: format!(
            "Of {}: {what}. Tokens can do there what they are granted, as far as you say.",
            quoted(service)
        ),
        yes: "Say so".to_owned(),
    }
}

/// The page can't reach the net itself, and a URL could carry out what it knows. One that can't be shown whole is not asked about.
pub fn fetching(url: &str) -> Result<Question, Error> {
    if plain(url) != url {
        let error = Error::new(Code::Invalid, "This URL is too long, or has characters that can't be shown.");
        return Err(error.with_hint("Fetch the document yourself, and choose the file."));
    }
    Ok(Question {
        title: "Fetch this document?".to_owned(),
        text: format!(
            "{url}\n\nThat server is asked for it, without any credential. Go on only if this is the address that you gave."
        ),
        yes: "Fetch".to_owned(),
    })
}

fn gains(token: &TokenRow, gained: Option<&Scope>, change: &TokenChange) -> Vec<String> {
    let mut gains = match gained {
        None => Vec::new(),
        Some(Scope::Full) => vec!["full access to every connected service".to_owned()],
        Some(Scope::Limited { grants }) => grants.iter().map(|grant| plain(grant)).collect(),
    };
    if gains.len() > LISTED {
        let more = gains.len() - LISTED;
        gains.truncate(LISTED);
        gains.push(format!("{more} more permissions"));
    }
    match (token.expires, change.expiry) {
        (Some(_), Some(Expiry::Never)) => gains.push("it never expires".to_owned()),
        (Some(ends), Some(Expiry::At { at })) if at > ends => {
            gains.push(format!("{} more days until it expires", (at - ends).div_euclid(86_400_000) + 1));
        }
        _ => {}
    }
    gains
}

#[cfg(test)]
mod tests {
    use valetkey_wire::{DeclaredRights, Expiry, NewToken, Scope, TokenChange, TokenRow, TokenStatus};

    use super::{creating, declaring_rights, fetching, widening};

    fn limited(grants: &[&str]) -> Scope {
        Scope::Limited { grants: grants.iter().map(|&grant| grant.to_owned()).collect() }
    }

    fn row(scope: Scope) -> TokenRow {
        TokenRow {
            id: "3fK9x2Qa".to_owned(),
            shown: "vkey_3fK9x2Qa".to_owned(),
            name: "ci".to_owned(),
            note: String::new(),
            scope,
            grant_rows: Vec::new(),
            scope_strings: Vec::new(),
            status: TokenStatus::Active,
            created: 0,
            expires: Some(0),
            proxy: false,
            revoked: None,
            last_used: None,
        }
    }

    #[test]
    fn a_url_is_shown_whole_or_not_fetched() {
        let url = "https://api.example.com/openapi.json?v=2";
        assert!(fetching(url).unwrap().text.starts_with(&format!("{url}\n")));
        assert!(fetching(&format!("{url}{}", "x".repeat(200))).is_err());
        assert!(fetching("https://api.example.com/\u{202e}nosj").is_err());
    }

    fn text(token: &TokenRow, gained: Option<&Scope>, change: &TokenChange) -> String {
        widening(token, gained, change).unwrap().text
    }

    #[test]
    fn widening_names_what_is_gained_and_nothing_else() {
        let change =
            TokenChange { scope: Some(limited(&["a:global:x", "a:global:y"])), ..TokenChange::default() };
        let text = text(&row(limited(&["a:global:x"])), Some(&limited(&["a:global:y"])), &change);
        assert!(text.contains("+ a:global:y"), "{text}");
        assert!(!text.contains("a:global:x"), "{text}");
    }

    #[test]
    fn nothing_gained_is_nothing_to_ask() {
        let change = TokenChange { scope: Some(limited(&["a:global:x"])), ..TokenChange::default() };
        assert_eq!(widening(&row(Scope::Full), None, &change), None);
        let sooner = TokenChange { expiry: Some(Expiry::At { at: -1 }), ..TokenChange::default() };
        assert_eq!(widening(&row(Scope::Full), None, &sooner), None);
    }

    #[test]
    fn widening_to_full_access_says_so() {
        let change = TokenChange { scope: Some(Scope::Full), ..TokenChange::default() };
        let text = text(&row(limited(&["a:global:x"])), Some(&Scope::Full), &change);
        assert!(text.contains("full access to every connected service"), "{text}");
    }

    #[test]
    fn a_later_end_is_a_gain() {
        let until = |expiry| TokenChange { expiry: Some(expiry), ..TokenChange::default() };
        let token = row(limited(&["a:global:x"]));
        assert!(text(&token, None, &until(Expiry::Never)).contains("never expires"));
        assert!(text(&token, None, &until(Expiry::At { at: 86_400_000 })).contains("2 more days"));
    }

    #[test]
    fn a_long_list_of_gains_is_counted() {
        let grants: Vec<String> = (0..20).map(|n| format!("a:global:p{n}")).collect();
        let gained = Scope::Limited { grants };
        let text = text(&row(limited(&["a:global:x"])), Some(&gained), &TokenChange::default());
        assert!(
            text.contains("p7") && !text.contains("p8") && text.contains("12 more permissions"),
            "{text}"
        );
    }

    #[test]
    fn declaring_says_of_which_service_and_how_much() {
        let text = |rights| declaring_rights("github", &rights).text;
        assert!(text(DeclaredRights::All).contains("“github”: you may do everything"));
        assert!(text(DeclaredRights::ReadOnly).contains("read there and change nothing"));
        let list = vec!["global:contents.read".to_owned()];
        assert!(text(DeclaredRights::Only { list }).contains("1 right there and no others"));
    }

    #[test]
    fn a_name_can_not_rewrite_the_question() {
        let name = "ci” may only read.\n\n\u{202e}evil".to_owned();
        let token =
            NewToken { name, note: String::new(), scope: Scope::Full, expiry: Expiry::Never, proxy: false };
        let text = creating(&token).expect("full access is asked about").text;
        assert_eq!(text.matches('”').count(), 1, "{text}");
        assert!(!text.contains('\n') && !text.contains('\u{202e}'), "{text}");
    }
}
