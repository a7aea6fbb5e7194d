use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, copy_bidirectional};

use super::{super::Tally, Delivered, Download, Failure, passage};
use crate::{
    buffer::Buffer,
    reply::{ReplyHead, rewrite_reply},
};

impl Download<'_> {
    /// Tells the client that both sides leave HTTP.
    pub(super) async fn switch(
        &mut self,
        head: &ReplyHead,
        client: &mut (impl AsyncWrite + Unpin),
        tally: &Tally,
    ) -> Result<Delivered, Failure> {
        let bytes = self.input.unread();
        rewrite_reply(head, bytes, passage(self.permit, self.location), &mut self.out);
        // The empty line goes back behind what makes this a 101.
        self.out.truncate(self.out.len() - 2);
        self.out.extend(b"connection: upgrade\r\n");
        if let Some(protocol) = head.value(bytes, "upgrade") {
            self.out.extend(b"upgrade: ");
            self.out.extend(protocol);
            self.out.extend(b"\r\n");
        }
        self.out.extend(b"\r\n");
        self.input.consume(head.len);
        self.status = 101;
        self.send(client, tally).await?;
        Ok(Delivered::Switched)
    }

    /// Passes bytes both ways until either side ends. What the client sent too early goes first.
    pub(in crate::exchange) async fn tunnel<C, U>(
        &mut self,
        upstream: &mut U,
        client: &mut C,
        early: &mut Buffer,
        tally: &Tally,
    ) where
        C: AsyncRead + AsyncWrite + Unpin,
        U: AsyncRead + AsyncWrite + Unpin,
    {
        let ahead = async {
            upstream.write_all(early.unread()).await?;
            client.write_all(self.input.unread()).await?;
            copy_bidirectional(client, upstream).await
        };
        // Either side may end a tunnel in any way; there is nobody left to tell.
        if let Ok((sent, received)) = ahead.await {
            tally.sent.set(sent);
            tally.received.set(received);
        }
        early.consume(early.unread().len());
    }
}
