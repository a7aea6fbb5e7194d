//! Which fine-grained permissions a classic token's scopes may allow.
//!
//! The table is GitHub's "Scopes for OAuth apps" laid over its fine-grained permissions. It takes away only what certainly needs
//! a scope that is absent: everything that a present scope may allow stays, and so does what is public and needs none, since
//! GitHub itself judges each request in the end. A permission that is not in the table stays too.

use std::collections::BTreeSet;

use valetkey_core::{
    grant::{Context, Granted},
    rights::Rights,
    rules::Rules,
};

/// Any one of these scopes may allow it; none is needed where the list is empty.
type AnyOf = &'static [&'static str];

/// What is public can be read without a scope.
const PUBLIC: AnyOf = &[];
const REPOSITORY: AnyOf = &["repo", "public_repo"];
const SECURITY: AnyOf = &["repo", "public_repo", "security_events"];
const MEMBER: AnyOf = &["read:org"];
const ORGANIZATION: AnyOf = &["admin:org", "write:org"];
const CODESPACES: AnyOf = &["codespace"];
const COPILOT: AnyOf = &["manage_billing:copilot", "admin:org", "write:org"];

/// Permission without its level, what its reading needs, what its writing (and its administration) needs.
const TABLE: &[(&str, AnyOf, AnyOf)] = &[
    ("actions", PUBLIC, REPOSITORY),
    ("actions_variables", REPOSITORY, REPOSITORY),
    ("administration", REPOSITORY, &["repo", "public_repo", "delete_repo"]),
    ("agent_secrets", REPOSITORY, REPOSITORY),
    ("agent_variables", REPOSITORY, REPOSITORY),
    ("artifact_metadata", PUBLIC, REPOSITORY),
    ("attestations", PUBLIC, REPOSITORY),
    ("code_quality", PUBLIC, REPOSITORY),
    ("codespaces", CODESPACES, CODESPACES),
    ("codespaces_lifecycle_admin", CODESPACES, CODESPACES),
    ("codespaces_metadata", CODESPACES, CODESPACES),
    ("codespaces_secrets", REPOSITORY, REPOSITORY),
    ("contents", PUBLIC, REPOSITORY),
    ("copilot_agent_settings", REPOSITORY, REPOSITORY),
    ("dependabot_secrets", REPOSITORY, REPOSITORY),
    ("deployments", PUBLIC, &["repo", "public_repo", "repo_deployment"]),
    ("environments", PUBLIC, REPOSITORY),
    ("issues", PUBLIC, REPOSITORY),
    ("metadata", PUBLIC, PUBLIC),
    ("pages", PUBLIC, REPOSITORY),
    ("pull_requests", PUBLIC, REPOSITORY),
    ("repository_advisories", PUBLIC, &["repo", "public_repo", "repository_advisories:write"]),
    ("repository_custom_properties", PUBLIC, &["repo", "public_repo", "admin:org", "write:org"]),
    (
        "repository_hooks",
        &["repo", "public_repo", "read:repo_hook"],
        &["repo", "public_repo", "write:repo_hook"],
    ),
    ("secret_scanning_alerts", SECURITY, SECURITY),
    ("secrets", REPOSITORY, REPOSITORY),
    ("security_events", SECURITY, SECURITY),
    ("statuses", PUBLIC, &["repo", "public_repo", "repo:status"]),
    ("vulnerability_alerts", SECURITY, SECURITY),
    ("workflows", &["workflow"], &["workflow"]),
    ("blocking", &["read:user"], &["user"]),
    ("codespaces_user_secrets", &["codespace:secrets"], &["codespace:secrets"]),
    ("emails", &["user:email", "read:user"], &["user"]),
    ("followers", PUBLIC, &["user:follow"]),
    ("gists", &["gist"], &["gist"]),
    ("git_signing_ssh_public_keys", PUBLIC, &["write:ssh_signing_key"]),
    ("gpg_keys", PUBLIC, &["write:gpg_key"]),
    ("interaction_limits", &["repo", "public_repo", "read:user"], &["repo", "public_repo", "user"]),
    ("keys", PUBLIC, &["write:public_key"]),
    ("plan", &["read:user"], &["user"]),
    ("private_repository_invitations", &["repo", "repo:invite"], &["repo", "repo:invite"]),
    ("profile", &["user"], &["user"]),
    ("starring", PUBLIC, &["repo", "public_repo", "user"]),
    ("watching", PUBLIC, &["repo", "public_repo", "notifications"]),
    ("issue_fields", PUBLIC, ORGANIZATION),
    ("issue_types", PUBLIC, ORGANIZATION),
    ("members", PUBLIC, ORGANIZATION),
    ("org_copilot_content_exclusion", &["copilot", "read:org"], &["copilot", "admin:org", "write:org"]),
    ("organization_actions_variables", MEMBER, ORGANIZATION),
    ("organization_administration", PUBLIC, ORGANIZATION),
    ("organization_agent_secrets", MEMBER, ORGANIZATION),
    ("organization_agent_variables", MEMBER, ORGANIZATION),
    ("organization_api_insights", MEMBER, ORGANIZATION),
    (
        "organization_campaigns",
        &["read:org", "repo", "security_events"],
        &["admin:org", "write:org", "repo", "security_events"],
    ),
    ("organization_codespaces", MEMBER, ORGANIZATION),
    ("organization_codespaces_secrets", MEMBER, ORGANIZATION),
    ("organization_codespaces_settings", MEMBER, ORGANIZATION),
    ("organization_copilot_agent_settings", MEMBER, ORGANIZATION),
    ("organization_copilot_metrics", &["manage_billing:copilot", "read:org", "read:enterprise"], COPILOT),
    ("organization_copilot_seat_management", &["manage_billing:copilot", "read:org"], COPILOT),
    ("organization_copilot_spaces", PUBLIC, ORGANIZATION),
    ("organization_custom_org_roles", MEMBER, ORGANIZATION),
    ("organization_custom_properties", MEMBER, ORGANIZATION),
    ("organization_dependabot_secrets", MEMBER, ORGANIZATION),
    ("organization_events", PUBLIC, ORGANIZATION),
    ("organization_hooks", &["admin:org_hook"], &["admin:org_hook"]),
    (
        "organization_network_configurations",
        &["read:org", "read:network_configurations"],
        &["admin:org", "write:org", "write:network_configurations"],
    ),
    ("organization_private_registries", MEMBER, ORGANIZATION),
    ("organization_projects", PUBLIC, &["project", "admin:org", "write:org"]),
    ("organization_runner_custom_images", MEMBER, ORGANIZATION),
    ("organization_secrets", MEMBER, ORGANIZATION),
    (
        "organization_self_hosted_runners",
        &["read:org", "manage_runners:org"],
        &["admin:org", "write:org", "manage_runners:org"],
    ),
    ("organization_user_blocking", MEMBER, ORGANIZATION),
];

/// A scope, and those that it includes.
const INCLUDED: &[(&str, &[&str])] = &[
    ("repo", &["repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"]),
    ("admin:repo_hook", &["write:repo_hook", "read:repo_hook"]),
    ("write:repo_hook", &["read:repo_hook"]),
    ("admin:org", &["write:org", "read:org", "manage_runners:org"]),
    ("write:org", &["read:org"]),
    ("admin:public_key", &["write:public_key", "read:public_key"]),
    ("admin:gpg_key", &["write:gpg_key", "read:gpg_key"]),
    ("admin:ssh_signing_key", &["write:ssh_signing_key", "read:ssh_signing_key"]),
    ("user", &["read:user", "user:email", "user:follow"]),
    ("codespace", &["codespace:secrets"]),
    ("copilot", &["manage_billing:copilot"]),
    ("admin:enterprise", &["manage_billing:enterprise", "read:enterprise"]),
    ("write:network_configurations", &["read:network_configurations"]),
];

/// What scopes, as the header lists them, may allow.
pub(super) fn rights(header: &str, rules: &Rules) -> Rights {
    let listed: BTreeSet<&str> = header.split(',').map(str::trim).filter(|scope| !scope.is_empty()).collect();
    let included =
        INCLUDED.iter().filter(|(scope, _)| listed.contains(scope)).flat_map(|(_, included)| *included);
    let scopes: BTreeSet<&str> = listed.iter().chain(included).copied().collect();
    let had = rules.permissions.iter().filter(|permission| may_allow(&scopes, permission.name.as_str()));
    Rights::Only(had.map(|permission| (Context::Global, Granted::One(permission.name.clone()))).collect())
}

fn may_allow(scopes: &BTreeSet<&str>, permission: &str) -> bool {
    let Some((key, level)) = permission.rsplit_once('.') else { return true };
    let Some((_, reading, writing)) = TABLE.iter().find(|(known, ..)| *known == key) else { return true };
    let any_of = if level == "read" { reading } else { writing };
    any_of.is_empty() || any_of.iter().any(|scope| scopes.contains(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        valetkey_catalog::kind("github").unwrap().compile()
    }

    fn had(header: &str) -> impl Fn(&str) -> bool {
        let rules = rules();
        let extent = rights(header, &rules).extent(&rules);
        move |permission| extent.has(&Context::Global, rules.permission(permission).unwrap(), &rules)
    }

    #[test]
    fn every_permission_of_the_definition_stands_in_the_table_and_no_other() {
        let rules = rules();
        let keys: BTreeSet<_> =
            rules.permissions.iter().map(|known| known.name.as_str().rsplit_once('.').unwrap().0).collect();
        let table: BTreeSet<_> = TABLE.iter().map(|(key, ..)| *key).collect();
        assert_eq!(table, keys);
        assert_eq!(table.len(), TABLE.len());
    }

    #[test]
    fn repo_allows_repositories_and_not_organizations_or_workflow_files() {
        let had = had("repo, gist");
        assert!(had("contents.write") && had("secrets.write") && had("statuses.write") && had("gists.write"));
        assert!(had("security_events.read"), "included in repo");
        assert!(!had("workflows.write") && !had("organization_secrets.read") && !had("codespaces.write"));
        assert!(!had("emails.write") && !had("keys.write"));
    }

    #[test]
    fn what_is_public_can_be_read_with_any_scope() {
        let had = had("gist");
        assert!(had("contents.read") && had("issues.read") && had("metadata.read") && had("members.read"));
        assert!(!had("contents.write") && !had("actions_variables.read") && !had("plan.read"));
    }

    #[test]
    fn a_wider_scope_includes_the_narrower() {
        assert!(had("admin:org")("organization_secrets.read"));
        assert!(had("write:org")("members.write"));
        assert!(!had("read:org")("members.write"));
        assert!(had("user")("followers.write"));
        assert!(had("repo:status")("statuses.write") && !had("repo:status")("contents.write"));
    }
}
