use crate::session::{Session, until};

/// What is on the clipboard.
pub(crate) async fn clipboard(session: &Session) -> String {
    until("there is text on the clipboard", async || {
        let mut xclip = session.command("xclip");
        let output = xclip.args(["-selection", "clipboard", "-out"]).output().await.unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    })
    .await
}

/// What the owner says to a question.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Yes,
    No,
}

/// Answers the question of this title, which the program asks outside its page, with the keyboard.
pub(crate) async fn answer(session: &Session, title: &str, answer: Answer) {
    let key = match answer {
        Answer::Yes => "Return",
        Answer::No => "Escape",
    };
    until(title, async || {
        let mut press = session.command("xdotool");
        press.args(["search", "--onlyvisible", "--name", &format!("^{title}$")]);
        press.args(["windowfocus", "--sync", "key", key]);
        press.output().await.unwrap().status.success().then_some(())
    })
    .await;
}
