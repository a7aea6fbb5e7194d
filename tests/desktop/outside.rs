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

/// Says yes to the question of this title, which the program asks outside its page, with the keyboard.
pub(crate) async fn answer_yes(session: &Session, title: &str) {
    until(title, async || {
        let mut answer = session.command("xdotool");
        answer.args(["search", "--onlyvisible", "--name", &format!("^{title}$")]);
        answer.args(["windowfocus", "--sync", "key", "Return"]);
        answer.output().await.unwrap().status.success().then_some(())
    })
    .await;
}
