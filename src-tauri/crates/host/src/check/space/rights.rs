//! Which rights the owner has: the service answers for one right in one place at a time.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use valetkey_catalog::import::space::{Family, Place};
use valetkey_core::{
    grant::{Context, Granted},
    rights::Rights,
    rules::{PermissionIndex, Rules},
};
use valetkey_gateway::Question;

use crate::{Error, check::Asking};

const CHECK: &str = "/api/http/permissions/check-permission";

/// So many questions at most; a right that is not asked for is one that the owner does not have, as far as is known.
const QUESTIONS: usize = 1000;

/// An answer is `true` or `false`.
const ANSWER: usize = 1024;

/// One right in one place.
struct Asked<'r> {
    permission: &'r str,
    /// Where it is granted where the answer is yes.
    context: Context,
    target: Value,
}

/// `None` where the service does not answer such questions.
pub(super) async fn read(
    asking: &Asking<'_>,
    rules: &Rules,
    family: Family,
    projects: &[String],
) -> Result<Option<Rights>, Error> {
    let everywhere: Vec<Asked<'_>> = rules
        .permissions
        .iter()
        .filter(|permission| permission.global)
        .map(|permission| Asked {
            permission: permission.name.as_str(),
            context: Context::Global,
            target: json!({"className": "GlobalPermissionTarget"}),
        })
        .take(QUESTIONS)
        .collect();
    let Some((first, others)) = everywhere.split_first() else { return Ok(None) };
    let Some(is_had) = answer(asking, first).await? else { return Ok(None) };
    let mut had: BTreeSet<(Context, Granted)> = right(first).filter(|_| is_had).into_iter().collect();
    had.extend(those_had(asking, others).await?);

    let narrower: Vec<Asked<'_>> = narrower(rules, family, projects)
        .into_iter()
        .filter(|asked| {
            !had.iter().any(|(context, granted)| *context == Context::Global && is(granted, asked.permission))
        })
        .take(QUESTIONS - everywhere.len())
        .collect();
    had.extend(those_had(asking, &narrower).await?);
    Ok(Some(Rights::Only(had)))
}

/// What may be had without being had everywhere. A right over profiles that the owner has over their own is granted globally: there is no
/// context for one profile, and the service judges which it is.
fn narrower<'r>(rules: &'r Rules, family: Family, projects: &[String]) -> Vec<Asked<'r>> {
    let mut asked = Vec::new();
    for permission in
        rules.permissions.iter().filter(|permission| permission.name.as_str().starts_with("Profile."))
    {
        asked.push(Asked {
            permission: permission.name.as_str(),
            context: Context::Global,
            target: json!({"className": "ProfilePermissionTarget", "profile": "me"}),
        });
    }
    let kind = Place::Project.kind(family).unwrap_or_default();
    for project in projects {
        let context = Context::Named { kind: kind.into(), value: project.as_str().into() };
        let there = rules.permissions.iter().enumerate();
        for (_, permission) in there.filter(|(index, _)| rules.assignable(PermissionIndex(*index), &context))
        {
            if rules.kind(kind).is_some_and(|kind| permission.kinds.contains(&kind)) {
                asked.push(Asked {
                    permission: permission.name.as_str(),
                    context: context.clone(),
                    target: json!({"className": "ProjectPermissionTarget", "project": project}),
                });
            }
        }
    }
    asked
}

/// Six at a time.
async fn those_had(asking: &Asking<'_>, asked: &[Asked<'_>]) -> Result<Vec<(Context, Granted)>, Error> {
    let next = AtomicUsize::new(0);
    let lane = || async {
        let mut had = Vec::new();
        while let Some(one) = asked.get(next.fetch_add(1, Ordering::Relaxed)) {
            match answer(asking, one).await? {
                Some(true) => had.extend(right(one)),
                Some(false) => {}
                None => return Err(asking.unreadable()),
            }
        }
        Ok(had)
    };
    let lanes = tokio::try_join!(lane(), lane(), lane(), lane(), lane(), lane())?;
    Ok(<[_; 6]>::from(lanes).concat())
}

async fn answer(asking: &Asking<'_>, asked: &Asked<'_>) -> Result<Option<bool>, Error> {
    let question = json!({
        "principal": {"className": "PrincipalIn.Profile", "profile": "me"},
        "uniqueRightCode": asked.permission,
        "target": asked.target,
    });
    let answer = asking.ask(Question::post(CHECK, question.to_string().as_bytes()).up_to(ANSWER)).await?;
    Ok(asking.read(&answer).ok())
}

fn right(asked: &Asked<'_>) -> Option<(Context, Granted)> {
    Some((asked.context.clone(), asked.permission.parse().ok()?))
}

fn is(granted: &Granted, permission: &str) -> bool {
    matches!(granted, Granted::One(name) if name.as_str() == permission)
}
