use tokio::task::yield_now;

use super::{
    super::{BODY_READ, Tally},
    Download, Failure, frame,
};

/// How many compressed bytes are decoded in one go. They become at most a thousand times as many.
const GO: usize = 4 * 1024;
/// After so much text in one go the thread's other connections have their turn.
const LONG: u64 = 1024 * 1024;

impl Download<'_> {
    /// Moves the next `length` bytes of a gzip body to `out`, as they are, once all that they decode to has been
    /// searched. An echo in them can't be blotted out, so that it ends the reply.
    ///
    /// They wait as a whole where their text ends in what may be the beginning of an echo.
    pub(super) async fn pass_compressed(&mut self, length: usize, tally: &Tally) -> Result<(), Failure> {
        let Some(gzip) = &mut self.gzip else { return Ok(()) };
        let data = &self.input.unread()[..length];
        let (mut text, mut pending) = (0, 0);
        for go in data.chunks(GO) {
            let searched = gzip.search(go).map_err(Failure::Refused)?;
            text += searched.text;
            pending = searched.pending;
            if searched.text > LONG {
                yield_now().await;
            }
        }
        // What was held before goes on unless the beginning of an echo lies in it.
        if pending as u64 <= text {
            frame(self.out_framing, &self.held, &mut self.out, tally);
            self.held.clear();
        }
        if pending == 0 {
            frame(self.out_framing, data, &mut self.out, tally);
        } else {
            self.held.extend(data);
        }
        // Bytes that decode to nothing could go on for ever.
        if self.held.len() > 2 * BODY_READ {
            frame(self.out_framing, &self.held, &mut self.out, tally);
            self.held.clear();
        }
        self.input.consume(length);
        Ok(())
    }
}
