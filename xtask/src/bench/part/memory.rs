//! What connections cost that do nothing.

use std::time::Duration;

use crate::{
    bench::{
        benchkit, definition,
        front::{Behind, Front},
        json::Json,
        machine,
        pause::pause,
        process::family_pss,
        scene::Scene,
    },
    error::Result,
    repo::Repo,
};

const CONNECTIONS: u32 = 10_000;
/// How long they are left alone before they are measured.
const AT_REST: Duration = Duration::from_secs(2);

/// Valet Key and nginx: each connection has made one request, and stays open.
pub(in crate::bench) fn measure(repo: &Repo, scene: &Scene) -> Result<Json> {
    let mut rows = Vec::new();
    for front in [Front::ValetKey, Front::Nginx] {
        let Some(target) = scene.target(front, Behind::Small) else { continue };
        let Some(process) = target.process else { continue };
        let before = family_pss(process);
        let (port, path) = (target.port.to_string(), target.path(definition::PATH));
        let held = benchkit::hold(repo, ["idle", &port, &path, target.token, &CONNECTIONS.to_string()])?;
        let open = benchkit::numbers(held.line.trim_end(), "open").first().copied();
        pause(AT_REST);
        let with_them = family_pss(process);
        drop(held);
        let added = with_them.saturating_sub(before);
        println!("  {}: {} connections, {added} KiB more", front.name(), open.unwrap_or_default());
        rows.push(Json::object([
            ("front", front.name().into()),
            ("connections", open.into()),
            ("pss_before_kib", before.into()),
            ("pss_added_kib", added.into()),
        ]));
    }
    let bytes = machine::size(&scene.vk.program)?;
    Ok(Json::object([
        ("asked_for", CONNECTIONS.into()),
        ("vk_bytes", bytes.into()),
        ("rows", Json::List(rows)),
    ]))
}
