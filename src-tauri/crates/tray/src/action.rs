use std::fmt::Write as _;

/// What choosing an item does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ends one token for good.
    Revoke {
        /// Its public id: the name may be another by the time of the click.
        token: String,
    },
    /// Ends every token for good.
    RevokeAll,
    /// Makes the gateway answer 503.
    Pause {
        /// For so long; until resumed if absent.
        minutes: Option<u32>,
    },
    /// Makes the gateway forward again.
    Resume,
    /// Drops every master credential from memory.
    Lock,
    /// Reads them again.
    Unlock,
    /// Opens the window.
    Show(Place),
    /// Ends the program, and the gateway with it.
    Quit,
}

/// A place in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where the window was, or the list of tokens.
    Tokens,
    /// The sheet for a new personal token.
    NewToken,
    /// The record of requests.
    Activity,
    /// The settings.
    Settings,
}

impl Place {
    /// As the window is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::NewToken => "new_token",
            Self::Activity => "activity",
            Self::Settings => "settings",
        }
    }
}

impl Action {
    /// The id of its menu item. It says what is done, not where the item stood: a menu that is redrawn under
    /// the pointer never revokes the neighbour.
    pub fn id(&self) -> String {
        match self {
            Self::Revoke { token } => format!("revoke:{token}"),
            Self::RevokeAll => "revoke-all".to_owned(),
            Self::Pause { minutes } => {
                let mut id = "pause".to_owned();
                if let Some(minutes) = minutes {
                    write!(id, ":{minutes}").expect("a string takes everything");
                }
                id
            }
            Self::Resume => "resume".to_owned(),
            Self::Lock => "lock".to_owned(),
            Self::Unlock => "unlock".to_owned(),
            Self::Show(place) => format!("show:{}", place.as_str()),
            Self::Quit => "quit".to_owned(),
        }
    }

    /// The action that has this id; none for an id that is not ours.
    pub fn from_id(id: &str) -> Option<Self> {
        let (verb, object) = id.split_once(':').map_or((id, None), |(verb, object)| (verb, Some(object)));
        match (verb, object) {
            ("revoke", Some(token)) if !token.is_empty() => Some(Self::Revoke { token: token.to_owned() }),
            ("revoke-all", None) => Some(Self::RevokeAll),
            ("pause", None) => Some(Self::Pause { minutes: None }),
            ("pause", Some(minutes)) => Some(Self::Pause { minutes: Some(minutes.parse().ok()?) }),
            ("resume", None) => Some(Self::Resume),
            ("lock", None) => Some(Self::Lock),
            ("unlock", None) => Some(Self::Unlock),
            ("show", Some("tokens")) => Some(Self::Show(Place::Tokens)),
            ("show", Some("new_token")) => Some(Self::Show(Place::NewToken)),
            ("show", Some("activity")) => Some(Self::Show(Place::Activity)),
            ("show", Some("settings")) => Some(Self::Show(Place::Settings)),
            ("quit", None) => Some(Self::Quit),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Place};

    #[test]
    fn every_action_is_found_again_by_its_id() {
        let actions = [
            Action::Revoke { token: "3fK9x2Qa".to_owned() },
            Action::RevokeAll,
            Action::Pause { minutes: None },
            Action::Pause { minutes: Some(60) },
            Action::Resume,
            Action::Lock,
            Action::Unlock,
            Action::Show(Place::Tokens),
            Action::Show(Place::NewToken),
            Action::Show(Place::Activity),
            Action::Show(Place::Settings),
            Action::Quit,
        ];
        for action in actions {
            assert_eq!(Action::from_id(&action.id()), Some(action));
        }
    }

    #[test]
    fn an_id_that_is_not_ours_does_nothing() {
        for id in
            ["", "revoke", "revoke:", "revoke-all:now", "pause:soon", "pause:-1", "show:elsewhere", "quit:"]
        {
            assert_eq!(Action::from_id(id), None, "{id}");
        }
    }
}
