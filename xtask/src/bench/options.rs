use crate::error::{Error, Result};

/// What can be measured alone. The order is that of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Load,
    Latency,
    Transfer,
    Tls,
    Events,
    Memory,
    Revoke,
    Scale,
    Start,
    Criterion,
    Desktop,
}

impl Part {
    pub(super) const ALL: [Self; 11] = [
        Self::Load,
        Self::Latency,
        Self::Transfer,
        Self::Tls,
        Self::Events,
        Self::Memory,
        Self::Revoke,
        Self::Scale,
        Self::Start,
        Self::Criterion,
        Self::Desktop,
    ];

    /// As it is chosen, and as the figures call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Latency => "latency",
            Self::Transfer => "transfer",
            Self::Tls => "tls",
            Self::Events => "events",
            Self::Memory => "memory",
            Self::Revoke => "revoke",
            Self::Scale => "scale",
            Self::Start => "start",
            Self::Criterion => "criterion",
            Self::Desktop => "desktop",
        }
    }

    /// As the page heads it.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Load => "Requests a second",
            Self::Latency => "One request at a time",
            Self::Transfer => "Large bodies",
            Self::Tls => "A service over TLS",
            Self::Events => "Events",
            Self::Memory => "Idle connections",
            Self::Revoke => "Revoking",
            Self::Scale => "Many tokens, services and operations",
            Self::Start => "Start",
            Self::Criterion => "Pieces of a request",
            Self::Desktop => "The desktop app",
        }
    }
}

/// How long each thing is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// For a figure to work with.
    Quick,
    /// For the page.
    Full,
}

impl Pace {
    /// One or the other.
    pub(super) fn pick<T>(self, quick: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) parts: Vec<Part>,
    pub(super) pace: Pace,
}

impl Options {
    /// Without a part all are meant but the desktop, which takes long to build.
    pub(super) fn parse(words: &[&str]) -> Result<Self> {
        let (mut chosen, mut pace, mut desktop) = (Vec::new(), Pace::Full, false);
        for word in words {
            match *word {
                "--quick" => pace = Pace::Quick,
                "--desktop" => desktop = true,
                name => match Part::ALL.into_iter().find(|part| part.name() == name) {
                    Some(part) => chosen.push(part),
                    None => return Err(unknown(name)),
                },
            }
        }
        let all = chosen.is_empty();
        let wanted =
            |part: &Part| chosen.contains(part) || if *part == Part::Desktop { desktop } else { all };
        Ok(Self { parts: Part::ALL.into_iter().filter(wanted).collect(), pace })
    }

    /// As it is typed.
    pub(super) fn command(&self) -> String {
        let mut words = vec!["cargo xtask bench"];
        words.extend(self.parts.iter().map(|part| part.name()));
        words.extend((self.pace == Pace::Quick).then_some("--quick"));
        words.join(" ")
    }
}

fn unknown(word: &str) -> Error {
    let parts = Part::ALL.map(Part::name).join(", ");
    Error::Usage(format!("bench takes --quick, --desktop and these parts: {parts}; not “{word}”."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_part_all_but_the_desktop_are_measured() {
        let options = Options::parse(&["--quick"]).unwrap();
        assert_eq!(options.pace, Pace::Quick);
        assert_eq!(options.parts.len(), Part::ALL.len() - 1);
        assert!(!options.parts.contains(&Part::Desktop));
    }

    #[test]
    fn parts_come_in_the_order_of_the_page() {
        let options = Options::parse(&["start", "--desktop", "load"]).unwrap();
        assert_eq!(options.parts, [Part::Load, Part::Start, Part::Desktop]);
        assert_eq!(options.command(), "cargo xtask bench load start desktop");
    }

    #[test]
    fn an_unknown_word_is_a_usage_error() {
        assert!(matches!(Options::parse(&["lode"]), Err(Error::Usage(_))));
    }
}
