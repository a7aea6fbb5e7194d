use std::collections::HashMap;

use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};
use zbus::{Connection, Proxy};

use crate::session::until;
use crate::watcher::Registered;

/// A line on the bus: its id, what it is, and the lines under it.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The program's item in the tray, as a panel sees it.
pub(crate) struct TrayItem {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

/// One line of the menu.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    id: i32,
    pub(crate) label: String,
    pub(crate) enabled: bool,
    pub(crate) under: Vec<Line>,
}

impl Line {
    /// The line with this label right under this one.
    pub(crate) fn get(&self, label: &str) -> Option<&Line> {
        self.under.iter().find(|line| line.label == label)
    }
}

impl TrayItem {
    pub(crate) async fn at(connection: &Connection, place: Registered) -> Self {
        let Registered { program, path } = place;
        let item = Proxy::new_owned(connection.clone(), program.clone(), path, "org.kde.StatusNotifierItem");
        let item = item.await.unwrap();
        let menu: OwnedObjectPath = item.get_property("Menu").await.unwrap();
        let menu =
            Proxy::new_owned(connection.clone(), program, menu, "com.canonical.dbusmenu").await.unwrap();
        Self { item, menu }
    }

    /// File that holds the picture; another file is another picture.
    pub(crate) async fn picture(&self) -> String {
        // The cache of a proxy waits for a signal of another name than the one that is sent here.
        let asked = (self.item.interface(), "IconName");
        let reply = self.item.connection().call_method(
            Some(self.item.destination()),
            self.item.path(),
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &asked,
        );
        let value: OwnedValue = reply.await.unwrap().body().deserialize().unwrap();
        value.try_into().unwrap()
    }

    /// The menu: a line without a label that holds all.
    pub(crate) async fn menu(&self) -> Line {
        let nothing: &[&str] = &[];
        let (_revision, root): (u32, Layout) = self.menu.call("GetLayout", &(0, -1, nothing)).await.unwrap();
        let under = root.2.into_iter().map(|value| line(&value)).collect();
        Line { id: root.0, label: String::new(), enabled: true, under }
    }

    /// Waits until the menu has a line at the end of this path of labels.
    pub(crate) async fn line(&self, path: &[&str]) -> Line {
        until(&path.join(" ▸ "), async || {
            let menu = self.menu().await;
            path.iter().try_fold(&menu, |line, label| line.get(label)).cloned()
        })
        .await
    }

    /// Chooses that line.
    pub(crate) async fn choose(&self, path: &[&str]) {
        let line = self.line(path).await;
        let event = (line.id, "clicked", Value::from(0i32), 0u32);
        self.menu.call::<_, _, ()>("Event", &event).await.unwrap();
    }
}

fn line(value: &Value<'_>) -> Line {
    let Value::Structure(line) = value else { panic!("not a line of a menu: {value:?}") };
    read(line).unwrap_or_else(|| panic!("not a line of a menu: {line:?}"))
}

fn read(fields: &Structure<'_>) -> Option<Line> {
    let [Value::I32(id), Value::Dict(properties), Value::Array(under)] = fields.fields() else { return None };
    let label: Option<String> = properties.get(&"label").ok()?;
    let enabled: Option<bool> = properties.get(&"enabled").ok()?;
    let inner =
        under.iter().map(|value| if let Value::Value(inner) = value { line(inner) } else { line(value) });
    Some(Line {
        id: *id,
        // A doubled underscore is one; a single one would underline.
        label: label.unwrap_or_default().replace("__", "_"),
        enabled: enabled.unwrap_or(true),
        under: inner.collect(),
    })
}
