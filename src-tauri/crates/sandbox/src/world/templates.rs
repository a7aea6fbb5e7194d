use serde::{Deserialize, Serialize};

use super::{Call, Reply, World, has_room, sound};
use crate::problem::Problem;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    pub(crate) image: String,
    pub(crate) memory_gib: u32,
}

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    super::list(&world.namespace(call)?.templates)
}

pub(crate) fn show(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    super::show(&world.namespace(call)?.templates, call.parameter("template"))
}

/// Creates or replaces.
pub(crate) fn put(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    let template = call.read()?;
    let name = sound(call.parameter("template"))?;
    let templates = &mut world.namespace(call)?.templates;
    if !templates.contains_key(name) {
        has_room(templates.len())?;
    }
    templates.insert(name.to_owned(), template);
    super::show(templates, name)
}

pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    super::delete(&mut world.namespace(call)?.templates, call.parameter("template"))
}
