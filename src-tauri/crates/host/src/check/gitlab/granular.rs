//! What a fine-grained token of GitLab tells of its permissions.
//!
//! The shape is that of GitLab's own Go client (`GranularScope`): permissions, how far they reach (`access`), and one project or group where
//! they are for chosen ones. GitLab documents neither the shape nor that the names are those of its tables, so whatever is not known here
//! makes the whole unknown.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use valetkey_core::{
    grant::{Context, Granted},
    rights::Rights,
    rules::Rules,
};

/// `None` where something in it is not known.
pub(super) fn rights(told: &Value, rules: &Rules) -> Option<Rights> {
    let scopes = Vec::<Scope>::deserialize(told).ok()?;
    let mut rights = BTreeSet::new();
    for scope in &scopes {
        let context = scope.context()?;
        for name in &scope.permissions {
            let known = &rules.permissions[rules.permission(name)?.0];
            rights.insert((context.clone(), Granted::One(known.name.clone())));
        }
    }
    Some(Rights::Only(rights))
}

#[derive(Deserialize)]
struct Scope {
    access: String,
    permissions: Vec<String>,
    project_id: Option<u64>,
    group_id: Option<u64>,
}

impl Scope {
    /// Of what the owner is a member of everything may be a part, so GitLab is the judge of that.
    fn context(&self) -> Option<Context> {
        let text = match (&*self.access, self.project_id, self.group_id) {
            ("selected_memberships", Some(project), None) => format!("project={project}"),
            ("selected_memberships", None, Some(group)) => format!("group={group}"),
            ("all_memberships" | "personal_projects", None | Some(_), None | Some(_)) => "global".to_owned(),
            (sole @ ("user" | "instance"), None, None) => sole.to_owned(),
            _ => return None,
        };
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(told: &Value) -> Option<Vec<String>> {
        let rules = valetkey_catalog::kind("gitlab").unwrap().compile();
        match rights(told, &rules)? {
            Rights::All => None,
            Rights::Only(rights) => {
                Some(rights.iter().map(|(context, permission)| format!("{context}:{permission}")).collect())
            }
        }
    }

    #[test]
    fn permissions_are_had_where_they_reach() {
        let scopes = json!([
            {"access": "selected_memberships", "permissions": ["read_work_item", "create_work_item"], "project_id": 42, "group_id": null},
            {"access": "selected_memberships", "permissions": ["read_work_item"], "project_id": null, "group_id": 7},
            {"access": "user", "permissions": ["read_work_item"], "project_id": null, "group_id": null},
            {"access": "all_memberships", "permissions": ["read_attestation"], "project_id": null, "group_id": null}
        ]);
        assert_eq!(
            told(&scopes).unwrap(),
            [
                "global:read_attestation",
                "user:read_work_item",
                "group=7:read_work_item",
                "project=42:create_work_item",
                "project=42:read_work_item"
            ]
        );
    }

    #[test]
    fn what_is_not_known_makes_all_unknown() {
        let scope = |access: &str, permission: &str| json!([{"access": access, "permissions": [permission]}]);
        assert_eq!(told(&scope("all_memberships", "fly_to_the_moon")), None);
        assert_eq!(told(&scope("every_planet", "read_work_item")), None);
        assert_eq!(told(&scope("selected_memberships", "read_work_item")), None, "without saying which");
        assert_eq!(told(&json!({"permissions": []})), None);
    }
}
