/// `just now`, `2 min ago`, `3 h ago`, `12 days ago`; a time that lies ahead, after the clock was set back, is now.
pub(crate) fn ago(then: i64, now: i64) -> String {
    let minutes = now.saturating_sub(then).max(0) / 60_000;
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1440 => format!("{} h ago", minutes / 60),
        1440..2880 => "1 day ago".to_owned(),
        _ => format!("{} days ago", minutes / 1440),
    }
}

/// `4 min`, `2 h`: how long until then, rounded up so that it never says 0.
pub(crate) fn until(then: i64, now: i64) -> String {
    let minutes = then.saturating_sub(now).max(0).saturating_add(59_999) / 60_000;
    match minutes {
        0..=1 => "1 min".to_owned(),
        2..=90 => format!("{minutes} min"),
        _ => format!("{} h", (minutes + 59) / 60),
    }
}

/// `5 h`, `3 days`: how long until then, where it is not soon.
pub(crate) fn until_day(then: i64, now: i64) -> String {
    let hours = then.saturating_sub(now).max(0) / 3_600_000;
    match hours {
        0..48 => until(then, now),
        _ => format!("{} days", hours / 24),
    }
}

/// `1 token`, `4 tokens`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// At most so many characters, the last one telling that there are more.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::{ago, count, shortened, until, until_day};

    const MINUTE: i64 = 60_000;

    #[test]
    fn the_past_is_told_in_the_largest_whole_unit() {
        let now = 1_000_000 * MINUTE;
        let told = [-5, 0, 1, 59, 60, 119, 120, 1439, 1440, 2879, 2880].map(|m| ago(now - m * MINUTE, now));
        assert_eq!(
            told,
            [
                "just now",
                "just now",
                "1 min ago",
                "59 min ago",
                "1 h ago",
                "1 h ago",
                "2 h ago",
                "23 h ago",
                "1 day ago",
                "1 day ago",
                "2 days ago"
            ]
        );
        assert_eq!(ago(i64::MIN, i64::MAX), ago(0, i64::MAX));
    }

    #[test]
    fn a_pause_never_has_nothing_left() {
        assert_eq!(until(0, 5), "1 min");
        assert_eq!(until(MINUTE + 1, 0), "2 min");
        assert_eq!(until(60 * MINUTE, 0), "60 min");
        assert_eq!(until(121 * MINUTE, 0), "3 h");
    }

    #[test]
    fn what_is_days_ahead_is_told_in_days() {
        let told = [30, 121, 47 * 60, 48 * 60, 7 * 24 * 60].map(|minutes| until_day(minutes * MINUTE, 0));
        assert_eq!(told, ["30 min", "3 h", "47 h", "2 days", "7 days"]);
    }

    #[test]
    fn one_is_singular() {
        assert_eq!([0, 1, 2].map(|n| count(n, "token")), ["0 tokens", "1 token", "2 tokens"]);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shortened("çedilla", 7), "çedilla");
        assert_eq!(shortened("çedillas", 7), "çedill…");
    }
}
