use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use valetkey_core::redact::Redactor;

use super::ReplyError;

/// Searches what a gzip body decodes to, as it comes. Text is decoded piece by piece into one small window and never kept, so
/// that it does not matter how much a body swells.
pub(crate) struct GzipSearch<'r> {
    decoder: MultiGzDecoder<Search<'r>>,
    /// Some of the body has come.
    fed: bool,
}

/// What some compressed bytes decoded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Searched {
    /// Bytes of text.
    pub(crate) text: u64,
    /// How many bytes at the text's end may be the beginning of an echo; they may be older than this text.
    pub(crate) pending: usize,
}

impl<'r> GzipSearch<'r> {
    pub(crate) fn new(redactor: &'r Redactor) -> Self {
        let search = Search { redactor, begun: Vec::new(), text: 0, found: false };
        Self { decoder: MultiGzDecoder::new(search), fed: false }
    }

    /// Decodes all that can be with the next bytes of the body, and searches it. Nothing may follow an error.
    pub(crate) fn search(&mut self, compressed: &[u8]) -> Result<Searched, ReplyError> {
        self.fed |= !compressed.is_empty();
        let before = self.decoder.get_ref().text;
        let outcome = self.decoder.write_all(compressed).and_then(|()| self.decoder.flush());
        outcome.map_err(|_| self.error())?;
        let search = self.decoder.get_ref();
        Ok(Searched { text: search.text - before, pending: search.begun.len() })
    }

    /// Judges the end of the body; it must be the last call. A body that stops within its text is as the service sent it, and
    /// every reader of gzip will notice.
    pub(crate) fn finish(&mut self) -> Result<(), ReplyError> {
        // So few bytes are no head of gzip, and nobody can say what they are.
        if self.fed && self.decoder.header().is_none() {
            return Err(ReplyError::Gzip);
        }
        match self.decoder.try_finish() {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(self.error()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// How many bytes at the end of the text so far may be the beginning of an echo.
    pub(crate) fn pending(&self) -> usize {
        self.decoder.get_ref().begun.len()
    }

    fn error(&self) -> ReplyError {
        if self.decoder.get_ref().found { ReplyError::Echo } else { ReplyError::Gzip }
    }
}

/// Where the decoder puts its text.
struct Search<'r> {
    redactor: &'r Redactor,
    /// The end of the text so far, as far as it may be the beginning of an echo.
    begun: Vec<u8>,
    text: u64,
    found: bool,
}

impl Write for Search<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.text += text.len() as u64;
        let fresh = self.begun.is_empty();
        if !fresh {
            self.begun.extend(text);
        }
        let searched = if fresh { text } else { &self.begun };
        if self.redactor.finds(searched) {
            self.found = true;
            return Err(io::ErrorKind::InvalidData.into());
        }
        let settled = searched.len() - self.redactor.pending(searched);
        if fresh {
            self.begun.extend(&text[settled..]);
        } else {
            self.begun.drain(..settled);
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use valetkey_core::secret::MasterCredential;

    use super::*;

    const SECRET: &str = "kkkkkkkkkkkkkkkkkkz";

    fn redactor() -> Redactor {
        Redactor::new(&MasterCredential::parse(SECRET).unwrap(), None)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn all_that_can_be_decoded_is_searched_at_once() {
        let redactor = redactor();
        let body = gzip(format!("before {SECRET} after").as_bytes());
        assert_eq!(GzipSearch::new(&redactor).search(&body), Err(ReplyError::Echo));
        let mut search = GzipSearch::new(&redactor);
        let harmless = gzip(b"nothing here");
        assert_eq!(search.search(&harmless), Ok(Searched { text: 12, pending: 0 }));
        assert_eq!(search.finish(), Ok(()));
    }

    #[test]
    fn an_echo_is_found_wherever_the_body_is_split() {
        let redactor = redactor();
        let body = gzip(format!("{{\"echo\":\"{SECRET}\",\"more\":[1,2,3]}}").as_bytes());
        for split in 0..=body.len() {
            let mut search = GzipSearch::new(&redactor);
            let outcome = search.search(&body[..split]).and_then(|_| search.search(&body[split..]));
            assert_eq!(outcome, Err(ReplyError::Echo), "{split}");
        }
        let mut search = GzipSearch::new(&redactor);
        assert!(body.iter().any(|byte| search.search(&[*byte]) == Err(ReplyError::Echo)));
    }

    #[test]
    fn an_echo_is_found_across_members() {
        let redactor = redactor();
        let (first, second) = SECRET.split_at(7);
        let mut search = GzipSearch::new(&redactor);
        assert_eq!(search.search(&gzip(first.as_bytes())), Ok(Searched { text: 7, pending: 7 }));
        assert_eq!(search.search(&gzip(b"")), Ok(Searched { text: 0, pending: 7 }));
        assert_eq!(search.search(&gzip(second.as_bytes())), Err(ReplyError::Echo));
    }

    #[test]
    fn what_is_no_gzip_or_goes_on_as_something_else_is_refused() {
        let redactor = redactor();
        let whole = gzip(b"text");
        let mut wrong_sum = whole.clone();
        wrong_sum[whole.len() - 8] ^= 1;
        let mut search = GzipSearch::new(&redactor);
        assert_eq!(search.search(&wrong_sum).map(|_| search.finish()), Ok(Err(ReplyError::Gzip)));
        let mut search = GzipSearch::new(&redactor);
        search.search(&[&whole[..], b"too few"].concat()).unwrap();
        assert_eq!(search.finish(), Err(ReplyError::Gzip));
        for damaged in [b"plain text".to_vec(), [&whole[..], b"trailing text"].concat()] {
            assert_eq!(GzipSearch::new(&redactor).search(&damaged), Err(ReplyError::Gzip));
        }
    }

    #[test]
    fn a_body_that_stops_early_has_been_searched_as_far_as_it_went() {
        let redactor = redactor();
        let mut search = GzipSearch::new(&redactor);
        assert_eq!(search.finish(), Ok(()));
        let whole = gzip(b"text");
        let mut search = GzipSearch::new(&redactor);
        search.search(&whole[..whole.len() - 9]).unwrap();
        assert_eq!(search.finish(), Ok(()));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_sound_ones_are_never_refused(
            text in proptest::collection::vec(any::<u8>(), 0..400),
            split: prop::sample::Index,
            damaged: prop::sample::Index,
            bits in prop_oneof![Just(0), any::<u8>()],
        ) {
            let redactor = redactor();
            let mut body = gzip(&text);
            let place = damaged.index(body.len());
            body[place] ^= bits;
            let (first, second) = body.split_at(split.index(body.len()));
            let mut search = GzipSearch::new(&redactor);
            let outcome = search.search(first).and_then(|_| search.search(second)).and_then(|_| search.finish());
            prop_assert!(bits != 0 || outcome == Ok(()));
        }
    }

    #[test]
    fn a_body_that_swells_to_a_gibibyte_needs_no_more_room_than_any_other() {
        const MEBIBYTE: usize = 1 << 20;
        let redactor = redactor();
        let zeros = gzip(&vec![0; MEBIBYTE]);
        // All of it may begin an echo, the worst there is.
        let worst = gzip(&b"k".repeat(MEBIBYTE));
        let mut search = GzipSearch::new(&redactor);
        let mut text = 0;
        for number in 1..=1024 {
            let member = if number % 32 == 0 { &worst } else { &zeros };
            text += search.search(member).unwrap().text;
            assert!(search.decoder.get_ref().begun.capacity() <= 128 * 1024);
        }
        assert_eq!((text, search.pending()), (1 << 30, SECRET.len() - 1));
    }
}
