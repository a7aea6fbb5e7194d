use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    super::{BODY_READ, STALL_TIME, Tally},
    Delivered, Download, Failure, frame, passage,
};
use crate::{
    open::Late,
    reply::{
        BodyEnd, Coding, OutFraming, Passage, ReplyBody, ReplyError, ReplyHead, ReplyStep, coding_of,
        led_back, rewrite_reply,
    },
};

/// Longest reply to a batch. A file's part is one or two kilobytes, and clients ask for a hundred at once.
const MAX_BATCH: usize = 4 * 1024 * 1024;

impl Download<'_> {
    /// Passes back the reply to a batch of git-lfs, once it is there as a whole.
    pub(super) async fn pass_batch(
        &mut self,
        mut body: ReplyBody,
        head: &ReplyHead,
        upstream: &mut (impl AsyncRead + Unpin),
        client: &mut (impl AsyncWrite + Unpin),
        tally: &Tally,
    ) -> Result<Delivered, Failure> {
        let bytes = self.input.unread()[..head.len].to_vec();
        if coding_of(head, &bytes) != Coding::Identity {
            return Err(Failure::Refused(ReplyError::Encoded));
        }
        let keeps_alive = head.keeps_alive(&bytes);
        self.input.consume(head.len);
        let whole = self.whole(&mut body, upstream).await?;
        let close = self.facts.close || self.old_client;
        let passed = Passage { close, ..passage(self.permit, self.location) };
        let written = led_back(&whole, &passed).map_err(Failure::Refused)?;
        self.out_framing = OutFraming::Length(written.len() as u64);
        rewrite_reply(head, &bytes, Passage { framing: self.out_framing, ..passed }, &mut self.out);
        frame(self.out_framing, &written, &mut self.out, tally);
        self.status = head.status;
        self.send(client, tally).await?;
        let reusable =
            keeps_alive && self.input.unread().is_empty() && !matches!(body, ReplyBody::UntilClose);
        Ok(Delivered::Whole { reusable, upload_done: true })
    }

    async fn whole(
        &mut self,
        body: &mut ReplyBody,
        upstream: &mut (impl AsyncRead + Unpin),
    ) -> Result<Vec<u8>, Failure> {
        let mut whole = Vec::new();
        loop {
            match body.step(self.input.unread()).map_err(Failure::Refused)? {
                ReplyStep::Framing(length) => self.input.consume(length),
                ReplyStep::Data(length) => {
                    whole.extend(&self.input.unread()[..length]);
                    self.input.consume(length);
                    if whole.len() > MAX_BATCH {
                        return Err(Failure::Refused(ReplyError::Batch));
                    }
                }
                ReplyStep::End(length) => {
                    self.input.consume(length);
                    return Ok(whole);
                }
                ReplyStep::More => {
                    let reading = self.input.fill(upstream, BODY_READ);
                    match self.open.within(STALL_TIME, reading).await.map_err(|Late| Failure::Slow)? {
                        Ok(1..) => {}
                        Ok(0) if body.at_close() == BodyEnd::Whole => return Ok(whole),
                        Ok(0) | Err(_) => return Err(Failure::Broke("body")),
                    }
                }
            }
        }
    }
}
