use serde::{Deserialize, Serialize};

use super::{Call, Reply, World};
use crate::problem::Problem;

#[derive(Serialize)]
pub(crate) struct User {
    pub(crate) title: String,
}

pub(crate) fn list(world: &mut World, _call: &Call<'_>) -> Result<Reply, Problem> {
    super::list(&world.users)
}

pub(crate) fn show(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    super::show(&world.users, call.parameter("user"))
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct New {
        name: String,
        title: String,
    }
    let New { name, title } = call.read()?;
    super::create(&mut world.users, name, User { title })
}

pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    super::delete(&mut world.users, call.parameter("user"))
}
