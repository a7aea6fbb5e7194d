use serde_json::json;

use super::{Call, Reply, World};
use crate::problem::Problem;

/// Who the caller is and what they may do.
pub(crate) fn show(world: &mut World, call: &Call<'_>) -> Result<Reply, Problem> {
    let who = world.identities.get(&call.caller).ok_or(Problem::Unauthenticated)?;
    let rights: Vec<_> = who
        .rights
        .iter()
        .map(|(context, permission)| json!({"context": context, "permission": permission}))
        .collect();
    Ok(Reply::Found(json!({"name": who.name, "rights": rights})))
}
