use std::path::PathBuf;

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::session::{Running, Session, free_port, until};

/// The key, as WebDriver spells it.
const ENTER: &str = "\u{e007}";

/// The program's window under WebDriver. Things are found by the names that people and screen readers know them by.
pub(crate) struct Window {
    driver: Running,
    client: Client,
}

impl Window {
    /// Starts the program under tauri-driver.
    pub(crate) async fn open(session: &Session) -> Self {
        let (port, native) = (free_port(), free_port());
        let mut driver = session.command(&tauri_driver().to_string_lossy());
        driver.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        let driver = Running::of(driver);
        let options = json!({
            "browserName": "wry",
            "tauri:options": { "application": env!("CARGO_BIN_EXE_valetkey") },
        });
        let serde_json::Value::Object(options) = options else { unreachable!("it is written as an object") };
        let address = format!("http://127.0.0.1:{port}");
        let client = until("the window is there", async || {
            ClientBuilder::new(HttpConnector::new())
                .capabilities(options.clone())
                .connect(&address)
                .await
                .ok()
        })
        .await;
        Self { driver, client }
    }

    /// Waits for a text to stand somewhere.
    pub(crate) async fn see(&self, text: &str) {
        self.find(&format!("//*[contains(normalize-space(.), {})]", quoted(text))).await;
    }

    /// Presses the button of this name.
    pub(crate) async fn press(&self, name: &str) {
        self.click(&button(name)).await;
    }

    /// Presses the button of this name in the dialog on top.
    pub(crate) async fn press_in_dialog(&self, name: &str) {
        self.click(&format!("(//*[@role='dialog' or @role='alertdialog'])[last()]{}", button(name))).await;
    }

    /// Goes to a screen by the rail.
    pub(crate) async fn go_to(&self, name: &str) {
        let name = quoted(name);
        self.click(&format!("//nav//*[self::a or self::button][contains(normalize-space(.), {name})]")).await;
    }

    /// Types into the field of this name.
    pub(crate) async fn type_into(&self, name: &str, text: &str) {
        self.find(&field("input", name)).await.send_keys(text).await.unwrap();
    }

    /// Types one line or more into the field of this name, after what stands there already.
    pub(crate) async fn write_into(&self, name: &str, text: &str) {
        let field = self.find(&field("*[self::input or self::textarea]", name)).await;
        // A line feed is no key, and typed as one it is lost.
        field.send_keys(&text.replace('\n', ENTER)).await.unwrap();
    }

    /// Picks an option of a list that is always open.
    pub(crate) async fn pick(&self, name: &str) {
        self.click(&format!("//*[@role='option'][starts-with(normalize-space(.), {})]", quoted(name))).await;
    }

    /// Chooses a radio card.
    pub(crate) async fn choose(&self, name: &str) {
        self.click(&format!("//label[.//input[@type='radio' and @aria-label={}]]", quoted(name))).await;
    }

    /// Ticks a checkbox.
    pub(crate) async fn tick(&self, name: &str) {
        self.click(&format!("//label[.//input[@type='checkbox' and @aria-label={}]]", quoted(name))).await;
    }

    /// Picks an option of a select.
    pub(crate) async fn select(&self, name: &str, option: &str) {
        let trigger = format!(
            "//*[normalize-space(.)={}]/following-sibling::button[@aria-haspopup='listbox']",
            quoted(name)
        );
        self.click(&trigger).await;
        self.click(&format!("//*[@role='option'][normalize-space(.)={}]", quoted(option))).await;
    }

    /// The page as it is now.
    pub(crate) async fn source(&self) -> String {
        self.client.source().await.unwrap()
    }

    /// Ends the session, and the program with it.
    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
        self.driver.end().await;
    }

    /// Clicks as soon as the thing is there and takes a click.
    async fn click(&self, path: &str) {
        until(path, async || {
            let element = self.client.find(Locator::XPath(path)).await.ok()?;
            element.is_enabled().await.ok()?.then_some(())?;
            element.click().await.ok()
        })
        .await;
    }

    async fn find(&self, path: &str) -> Element {
        until(path, async || self.client.find(Locator::XPath(path)).await.ok()).await
    }
}

fn field(element: &str, name: &str) -> String {
    let name = quoted(name);
    format!("//{element}[@aria-label={name} or @id=//label[normalize-space(.)={name}]/@for]")
}

fn button(name: &str) -> String {
    let name = quoted(name);
    format!(
        "//button[not(@disabled)][@aria-label={name} or (not(@aria-label) and normalize-space(.)={name})]"
    )
}

/// A text as an XPath literal; none here has both kinds of quotation marks.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

/// Installed by `cargo xtask setup`.
fn tauri_driver() -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/tauri-driver");
    assert!(
        path.exists(),
        "tauri-driver is missing: run `cargo xtask test --list` for the step that installs it"
    );
    path
}
