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

/// Answers the question of this title, which the program asks outside its page, with the keyboard. Returns when that very
/// question is gone, so that the next of the same title is another.
pub(crate) async fn answer(session: &Session, title: &str, answer: Answer) {
    let key = match answer {
        Answer::Yes => "Return",
        Answer::No => "Escape",
    };
    let named = format!("^{title}$");
    let question =
        until(title, async || desk(session, &["search", "--onlyvisible", "--name", &named]).await).await;
    let pressed = desk(session, &["windowfocus", "--sync", &question, "key", key]).await;
    assert!(pressed.is_some(), "the question takes a key: {title}");
    until("the question is gone", async || {
        let still = desk(session, &["search", "--onlyvisible", "--name", &named]).await;
        (still.as_ref() != Some(&question)).then_some(())
    })
    .await;
}

/// What xdotool says on the first line, if it can do it.
async fn desk(session: &Session, words: &[&str]) -> Option<String> {
    let output = session.command("xdotool").args(words).output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| said.lines().next().unwrap_or_default().to_owned())
}
