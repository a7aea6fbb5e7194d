//! The endings' numbers, as journals and blocks write them.

use valetkey_core::activity::Ending;

/// Place is number.
const ALL: [Ending; 5] =
    [Ending::Complete, Ending::Cut, Ending::ClientGone, Ending::UpstreamFailed, Ending::Limit];

pub(crate) const fn number(ending: Ending) -> u8 {
    match ending {
        Ending::Complete => 0,
        Ending::Cut => 1,
        Ending::ClientGone => 2,
        Ending::UpstreamFailed => 3,
        Ending::Limit => 4,
    }
}

pub(crate) fn parse(number: u8) -> Option<Ending> {
    ALL.get(usize::from(number)).copied()
}
