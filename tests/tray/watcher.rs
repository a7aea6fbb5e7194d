use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::message::Header;
use zbus::{Connection, connection, interface};

/// Where an item of the tray is: the program's name on the bus, and the path that it gave.
pub(crate) struct Registered {
    pub(crate) program: String,
    pub(crate) path: String,
}

/// What a panel is to programs with a tray item.
struct Watcher {
    registered: UnboundedSender<Registered>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[expect(clippy::needless_pass_by_value, reason = "the bus hands over what it has read")]
    fn register_status_notifier_item(&self, path: String, #[zbus(header)] header: Header<'_>) {
        let program = header.sender().unwrap().to_string();
        self.registered.send(Registered { program, path }).unwrap();
    }

    #[expect(clippy::unused_self, reason = "the interface has it as a method of the object")]
    fn register_status_notifier_host(&self, host: &str) {
        // There is no other panel here than this one.
        let _ = host;
    }

    #[zbus(property)]
    #[expect(clippy::unused_self, reason = "the interface has it as a property of the object")]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    #[expect(clippy::unused_self, reason = "the interface has it as a property of the object")]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    #[expect(clippy::unused_self, reason = "the interface has it as a property of the object")]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// Stands in for the panel on this bus. To be called before the program starts, which looks for it once.
pub(crate) async fn watch(bus: &str) -> (Connection, UnboundedReceiver<Registered>) {
    let (registered, items) = unbounded_channel();
    let connection = connection::Builder::address(bus)
        .unwrap()
        .name("org.kde.StatusNotifierWatcher")
        .unwrap()
        .serve_at("/StatusNotifierWatcher", Watcher { registered })
        .unwrap()
        .build()
        .await
        .unwrap();
    (connection, items)
}
