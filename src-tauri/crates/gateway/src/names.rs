/// Header names, by their length: most others are told from all of them by one look.
pub(crate) struct Names {
    /// Where those of a length begin; those of the next length begin where they end.
    begin: [u8; LONGEST + 2],
    names: &'static [&'static [u8]],
}

/// Longer names are in no set.
const LONGEST: usize = 32;

impl Names {
    /// `names` are in lower case, the shorter ones first; the compiler stops where they are not.
    pub(crate) const fn new(names: &'static [&'static [u8]]) -> Self {
        let mut begin = [0; LONGEST + 2];
        let mut length = 0;
        let mut place = 0;
        while length <= LONGEST {
            while place < names.len() && names[place].len() < length {
                place += 1;
            }
            assert!(place == 0 || names[place - 1].len() < length, "the shorter names come first");
            #[expect(clippy::cast_possible_truncation, reason = "no set has so many names")]
            {
                begin[length] = place as u8;
            }
            while place < names.len() && names[place].len() == length {
                place += 1;
            }
            length += 1;
        }
        assert!(place == names.len(), "the shorter names come first, and none is too long");
        #[expect(clippy::cast_possible_truncation, reason = "no set has so many names")]
        {
            begin[LONGEST + 1] = place as u8;
        }
        Self { begin, names }
    }

    /// Whether `name` is one of them, in any letter case.
    pub(crate) fn contain(&self, name: &[u8]) -> bool {
        let length = name.len();
        length <= LONGEST
            && self.names[usize::from(self.begin[length])..usize::from(self.begin[length + 1])]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
    }
}

/// Options of `Connection` that name no header, or one that is dropped anyway.
const PLAIN_OPTIONS: Names = Names::new(&[b"close", b"upgrade", b"keep-alive"]);

/// Whether any of these values of `Connection` names a header that goes no further.
pub(crate) fn names_headers<'v>(values: impl Iterator<Item = &'v [u8]>) -> bool {
    let mut options = values.flat_map(|value| value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii));
    options.any(|option| !option.is_empty() && !PLAIN_OPTIONS.contain(option))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_found_in_any_letter_case_and_no_other() {
        const NAMES: Names = Names::new(&[b"te", b"via", b"host", b"date", b"transfer-encoding"]);
        for name in ["te", "TE", "Via", "host", "Date", "Transfer-Encoding"] {
            assert!(NAMES.contain(name.as_bytes()), "{name}");
        }
        for name in ["", "t", "tea", "hos", "hosts", "transfer-encodings", &"x".repeat(33), &"x".repeat(200)]
        {
            assert!(!NAMES.contain(name.as_bytes()), "{name}");
        }
    }
}
