use std::str::FromStr;

use jiff::{Span, Timestamp, ToSpan, ZonedDateTime, civil::Date, tz::TimeZone};
use valetkey_wire::Expiry;

/// `--expires`: `never`, a time from now (`30d`), a date (the end of that day), or a whole timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expires(pub(crate) Expiry);

impl FromStr for Expires {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text, &ZonedDateTime::now())
            .map(Self)
            .ok_or_else(|| "give never, a time such as 30d or 12h, or a date such as 2027-02-22".into())
    }
}

fn parse(text: &str, now: &ZonedDateTime) -> Option<Expiry> {
    if text == "never" {
        return Some(Expiry::Never);
    }
    // A timestamp first: its beginning reads as a date too.
    let end = if let Ok(time) = text.parse::<Timestamp>() {
        time
    } else if let Ok(date) = text.parse::<Date>() {
        last_moment(date, now.time_zone())?
    } else {
        let span = text.parse::<Span>().ok().filter(Span::is_positive)?;
        now.checked_add(span).ok()?.timestamp()
    };
    Some(Expiry::At { at: end.as_millisecond() })
}

fn last_moment(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    let next = date.tomorrow().ok()?.to_zoned_datetime(zone.clone()).ok()?;
    next.timestamp().checked_sub(1.millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        let now: ZonedDateTime = "2026-11-24T10:00:00[UTC]".parse().unwrap();
        match parse(text, &now)? {
            Expiry::Never => Some("never".into()),
            Expiry::At { at } => Some(Timestamp::from_millisecond(at).unwrap().to_string()),
        }
    }

    #[test]
    fn each_way_to_say_when_is_understood() {
        assert_eq!(at("never").as_deref(), Some("never"));
        assert_eq!(at("30d").as_deref(), Some("2026-12-24T10:00:00Z"));
        assert_eq!(at("12h").as_deref(), Some("2026-11-24T22:00:00Z"));
        assert_eq!(at("2027-02-22").as_deref(), Some("2027-02-22T23:59:59.999Z"));
        assert_eq!(at("2027-02-22T08:00:00+01:00").as_deref(), Some("2027-02-22T07:00:00Z"));
    }

    #[test]
    fn what_is_no_time_to_come_is_refused() {
        for bad in ["", "soon", "0d", "-3d", "30", "2027-13-01"] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }
}
