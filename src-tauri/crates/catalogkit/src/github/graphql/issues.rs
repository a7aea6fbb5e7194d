//! Issues, and what they have in common with pull requests.

use super::{BOARDS, Field, Type, list};

/// Of everything that somebody wrote.
pub(super) const WRITTEN: &str =
    "authorAssociation body bodyText createdAt createdViaEmail databaseId fullDatabaseId id
    includesCreatedEdit lastEditedAt publishedAt resourcePath updatedAt url viewerDidAuthor";

pub(super) fn types() -> Vec<Type> {
    let issue = "activeLockReason closed closedAt isPinned isReadByViewer locked number state stateReason title viewerSubscription";
    let mut types = vec![
        Type::of("Issue", [written(), conversation(), vec![Field::leaf(issue)]].concat()),
        Type::union("IssueOrPullRequest", &["Issue", "PullRequest"]),
        Type::of("IssueComment", [written(), vec![Field::leaf(MINIMIZED)]].concat()),
    ];
    types.extend(list("IssueConnection", "IssueEdge", "Issue"));
    types.extend(list("IssueCommentConnection", "IssueCommentEdge", "IssueComment"));
    types.extend(sorted());
    types.extend(boards());
    types.extend(reactions());
    types
}

pub(super) const MINIMIZED: &str = "isMinimized minimizedReason";

/// What somebody wrote, and where.
pub(super) fn written() -> Vec<Field> {
    vec![
        Field::leaf(WRITTEN),
        Field::to("author editor", "Actor"),
        Field::to("reactionGroups", "ReactionGroup"),
        Field::to("repository", "NamedRepository"),
    ]
}

/// What issues and pull requests have around what was written.
pub(super) fn conversation() -> Vec<Field> {
    vec![
        Field::to("assignees participants", "UserConnection"),
        Field::to("labels", "LabelConnection"),
        Field::to("milestone", "Milestone"),
        Field::to("comments", "IssueCommentConnection"),
        Field::to("projectCards", "ProjectCardConnection").needs(BOARDS),
    ]
}

fn sorted() -> Vec<Type> {
    let milestone = "closed closedAt createdAt description dueOn id number progressPercentage resourcePath state title updatedAt url";
    let label = "color createdAt description id isDefault name resourcePath updatedAt url";
    let mut types = vec![
        Type::of("Label", vec![Field::leaf(label)]),
        Type::of("Milestone", vec![Field::leaf(milestone), Field::to("creator", "Actor")]),
    ];
    types.extend(list("LabelConnection", "LabelEdge", "Label"));
    types.extend(list("MilestoneConnection", "MilestoneEdge", "Milestone"));
    types
}

fn boards() -> Vec<Type> {
    let mut types = vec![
        Type::of(
            "ProjectCard",
            vec![
                Field::leaf("createdAt databaseId id isArchived state updatedAt"),
                Field::to("column", "ProjectColumn"),
                Field::to("project", "Project"),
            ],
        ),
        Type::of("ProjectColumn", vec![Field::leaf("databaseId id name")]),
        Type::of("Project", vec![Field::leaf("databaseId id name number state url")]),
    ];
    types.extend(list("ProjectCardConnection", "ProjectCardEdge", "ProjectCard"));
    types
}

fn reactions() -> Vec<Type> {
    vec![
        Type::of(
            "ReactionGroup",
            vec![
                Field::leaf("content createdAt viewerHasReacted"),
                Field::to("users", "ReactingUserConnection"),
            ],
        ),
        Type::of(
            "ReactingUserConnection",
            vec![Field::leaf("totalCount"), Field::to("pageInfo", "PageInfo"), Field::to("nodes", "User")],
        ),
    ]
}
