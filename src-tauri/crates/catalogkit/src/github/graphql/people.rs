//! Accounts and teams: what they are called. Who the owner is can be seen by every token, as at `GET /user`.

use super::{Field, MEMBERS, METADATA, Type, list};

pub(super) fn types() -> Vec<Type> {
    let mut types = vec![
        Type::of("Actor", vec![Field::leaf("avatarUrl login resourcePath url")]).may_be(&[
            "User",
            "Bot",
            "Mannequin",
            "NamedOrganization",
        ]),
        Type::of("User", vec![Field::leaf("avatarUrl databaseId id login name resourcePath url")]),
        Type::of("Bot", vec![Field::leaf("avatarUrl databaseId id login resourcePath url")]),
        Type::of("Mannequin", vec![Field::leaf("avatarUrl databaseId id login resourcePath url")]),
        Type::of(
            "NamedOrganization",
            vec![Field::leaf("avatarUrl databaseId id login name resourcePath url")],
        )
        .is("Organization"),
        Type::of("RepositoryOwner", owner()).may_be(&["User", "NamedOrganization"]),
        Type::of("GitActor", vec![Field::leaf("avatarUrl date email name"), Field::to("user", "User")]),
        Type::of(
            "Team",
            vec![
                Field::leaf("combinedSlug databaseId id name resourcePath slug url"),
                Field::to("organization", "NamedOrganization"),
            ],
        ),
    ];
    types.extend(roots());
    types.extend(list("UserConnection", "UserEdge", "User"));
    types.extend(list("TeamConnection", "TeamEdge", "Team"));
    let [members, member] = list("OrganizationMemberConnection", "OrganizationMemberEdge", "User");
    let role = Type { fields: [member.fields, vec![Field::leaf("role")]].concat(), ..member };
    types.extend([members, role]);
    types
}

fn owner() -> Vec<Field> {
    vec![Field::leaf("avatarUrl id login resourcePath url")]
}

/// The same types where a query begins with them.
fn roots() -> [Type; 3] {
    let repositories = || Field::to("repositories", "RepositoryConnection").needs(METADATA);
    let profile = "avatarUrl bio company createdAt databaseId email id isSiteAdmin isViewer location login name resourcePath
        twitterUsername updatedAt url websiteUrl";
    let organization = "avatarUrl createdAt databaseId description id isVerified location login name resourcePath twitterUsername
        updatedAt url websiteUrl";
    [
        Type::of("Viewer", vec![Field::leaf(profile), repositories()]).is("User"),
        Type::of("ListedOwner", [owner(), vec![repositories()]].concat())
            .is("RepositoryOwner")
            .may_be(&["User", "NamedOrganization"]),
        Type::of(
            "Organization",
            vec![
                Field::leaf(organization),
                Field::to("membersWithRole", "OrganizationMemberConnection").needs(MEMBERS),
                Field::to("team", "Team").needs(MEMBERS),
                Field::to("teams", "TeamConnection").needs(MEMBERS),
            ],
        ),
    ]
}
