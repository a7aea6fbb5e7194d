use std::{fmt, ops::AddAssign};

/// How many tests a step ran, read from what its program wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
}

impl Tally {
    /// Adds up the closing lines of nextest, of cargo's own runner, and of vitest.
    pub(super) fn of(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines() {
            let line = plain(line);
            sum += nextest(&line).or_else(|| cargo(&line)).or_else(|| vitest(&line)).unwrap_or_default();
        }
        sum
    }

    /// A step that failed counts as one failure even where no test says so (a lint, a compiler).
    pub(super) fn with_a_failure(self) -> Self {
        Self { failed: self.failed.max(1), ..self }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.passed, self.failed) {
            (0, 0) => Ok(()),
            (passed, 0) => write!(f, "{passed} tests"),
            (passed, failed) => write!(f, "{passed} tests, {failed} failed"),
        }
    }
}

/// `Summary [   2.1s] 12 tests run: 11 passed (1 slow), 1 failed, 3 skipped`; what ran and did not pass failed.
fn nextest(line: &str) -> Option<Tally> {
    let (_, counts) = line.trim_start().strip_prefix("Summary [")?.split_once(']')?;
    let run = before(counts, " test")?;
    let passed = before(counts, " passed").unwrap_or(0);
    Some(Tally { passed, failed: run.saturating_sub(passed) })
}

/// `test result: ok. 5 passed; 0 failed; …`
fn cargo(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("test result: ")?;
    Some(Tally { passed: before(counts, " passed")?, failed: before(counts, " failed")? })
}

/// `     Tests  1 failed | 12 passed (13)`
fn vitest(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("Tests  ")?;
    let (passed, failed) = (before(counts, " passed"), before(counts, " failed"));
    passed.or(failed)?;
    Some(Tally { passed: passed.unwrap_or(0), failed: failed.unwrap_or(0) })
}

/// The number that stands right before `word`.
fn before(text: &str, word: &str) -> Option<usize> {
    let digits = text[..text.find(word)?].rsplit(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Without the colours.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, after)| after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_three_runners_are_added_up() {
        let output = "
     Summary [   2.100s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped
test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m\u{1b}[2m | \u{1b}[22m\u{1b}[32m4 passed\u{1b}[39m (5)";
        assert_eq!(Tally::of(output), Tally { passed: 19, failed: 3 });
    }

    #[test]
    fn one_test_is_a_test() {
        assert_eq!(
            Tally::of("Summary [ 0.005s] 1 test run: 1 passed, 0 skipped"),
            Tally { passed: 1, failed: 0 }
        );
    }

    #[test]
    fn text_that_only_resembles_a_closing_line_counts_nothing() {
        assert_eq!(Tally::of("Summary of changes: 3 passed\ntest result: unknown"), Tally::default());
    }

    #[test]
    fn a_failed_step_without_tests_is_one_failure() {
        assert_eq!(Tally::default().with_a_failure().failed, 1);
        assert_eq!(Tally { passed: 3, failed: 2 }.with_a_failure().failed, 2);
    }
}
