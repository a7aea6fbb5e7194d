//! The small reply once more, from a service over TLS: what a front adds where it does what it is for.

use super::load;
use crate::{
    bench::{definition, front::Behind, json::Json, scene::Scene},
    error::Result,
};

const CONNECTIONS: [u32; 2] = [16, 64];

/// All fronts that trust the bench's CA. Direct requests are left out: wrk would measure its own TLS.
pub(in crate::bench) fn measure(scene: &Scene) -> Result<Json> {
    load::in_turns(scene, Behind::Secure, &CONNECTIONS, definition::PATH)
}
