//! Statuses of a commit, and checks, which are results of Actions or of what stands in for it.

use super::{Field, Type, list};

const ACTIONS: &[&str] = &["actions.read"];

pub(super) fn types() -> Vec<Type> {
    let mut types = vec![
        Type::of(
            "StatusCheckRollup",
            vec![Field::leaf("id state"), Field::to("contexts", "StatusCheckRollupContextConnection")],
        ),
        Type::union("StatusCheckRollupContext", &["CheckRun", "StatusContext"]),
        Type::of("Status", vec![Field::leaf("id state"), Field::to("contexts", "StatusContext")]),
        Type::of(
            "StatusContext",
            vec![
                Field::leaf("avatarUrl context createdAt description id state targetUrl"),
                Field::to("creator", "Actor"),
            ],
        ),
        Type::of(
            "CheckRun",
            vec![
                Field::leaf("completedAt conclusion databaseId detailsUrl id name permalink resourcePath startedAt status url")
                    .needs(ACTIONS),
                Field::to("checkSuite", "CheckSuite").needs(ACTIONS),
            ],
        ),
        Type::of(
            "CheckSuite",
            vec![
                Field::leaf("conclusion createdAt databaseId id resourcePath status updatedAt url"),
                Field::to("workflowRun", "WorkflowRun"),
            ],
        ),
        Type::of(
            "WorkflowRun",
            vec![
                Field::leaf("createdAt databaseId event id resourcePath runNumber updatedAt url"),
                Field::to("workflow", "Workflow"),
            ],
        ),
        Type::of(
            "Workflow",
            vec![Field::leaf("createdAt databaseId id name resourcePath state updatedAt url")],
        ),
    ];
    types.extend(list(
        "StatusCheckRollupContextConnection",
        "StatusCheckRollupContextEdge",
        "StatusCheckRollupContext",
    ));
    types
}
