//! Pull requests and their reviews.

use super::{
    Field, STATUSES, Type,
    issues::{MINIMIZED, conversation, written},
    list,
};

pub(super) fn types() -> Vec<Type> {
    let mut types = vec![Type::of("PullRequest", [written(), conversation(), pull_request()].concat())];
    types.extend(list("PullRequestConnection", "PullRequestEdge", "PullRequest"));
    types.extend(changes());
    types.extend(reviews());
    types.extend(requests());
    types
}

fn pull_request() -> Vec<Field> {
    let leaves = "activeLockReason additions baseRefName baseRefOid canBeRebased changedFiles checksResourcePath checksUrl closed closedAt
        deletions headRefName headRefOid isCrossRepository isDraft isInMergeQueue isMergeQueueEnabled isReadByViewer locked
        maintainerCanModify mergeStateStatus mergeable merged mergedAt number permalink revertUrl reviewDecision state title
        totalCommentsCount viewerSubscription";
    vec![
        Field::leaf(leaves),
        Field::to("mergedBy", "Actor"),
        Field::to("autoMergeRequest", "AutoMergeRequest"),
        Field::to("baseRef", "Ref"),
        Field::to("headRef", "NamedRef"),
        Field::to("baseRepository headRepository", "NamedRepository"),
        Field::to("headRepositoryOwner", "RepositoryOwner"),
        Field::to("commits", "PullRequestCommitConnection"),
        Field::to("files", "PullRequestChangedFileConnection"),
        Field::to("mergeCommit potentialMergeCommit", "Commit"),
        Field::to("latestOpinionatedReviews latestReviews reviews", "PullRequestReviewConnection"),
        Field::to("reviewRequests", "ReviewRequestConnection"),
        Field::to("reviewThreads", "PullRequestReviewThreadConnection"),
        Field::to("statusCheckRollup", "StatusCheckRollup").needs(STATUSES),
    ]
}

fn changes() -> Vec<Type> {
    let mut types = vec![
        Type::of(
            "AutoMergeRequest",
            vec![
                Field::leaf("authorEmail commitBody commitHeadline enabledAt mergeMethod"),
                Field::to("enabledBy", "Actor"),
            ],
        ),
        Type::of(
            "PullRequestCommit",
            vec![Field::leaf("id resourcePath url"), Field::to("commit", "Commit")],
        ),
        Type::of(
            "PullRequestChangedFile",
            vec![Field::leaf("additions changeType deletions path viewerViewedState")],
        ),
    ];
    types.extend(list("PullRequestCommitConnection", "PullRequestCommitEdge", "PullRequestCommit"));
    types.extend(list(
        "PullRequestChangedFileConnection",
        "PullRequestChangedFileEdge",
        "PullRequestChangedFile",
    ));
    types
}

fn reviews() -> Vec<Type> {
    let comment = "diffHunk draftedAt line originalLine originalPosition originalStartLine outdated path position startLine state subjectType";
    let thread = "diffSide id isCollapsed isOutdated isResolved line originalLine originalStartLine path startDiffSide startLine subjectType";
    let commit = || Field::to("commit", "Commit");
    let comments = || Field::to("comments", "PullRequestReviewCommentConnection");
    let review = [Field::leaf(MINIMIZED), Field::leaf("authorCanPushToRepository state submittedAt")];
    let mut types = vec![
        Type::of("PullRequestReview", [written(), review.to_vec(), vec![commit(), comments()]].concat()),
        Type::of(
            "PullRequestReviewComment",
            [written(), vec![Field::leaf(MINIMIZED), Field::leaf(comment), commit()]].concat(),
        ),
        Type::of(
            "PullRequestReviewThread",
            vec![Field::leaf(thread), Field::to("resolvedBy", "User"), comments()],
        ),
    ];
    types.extend(list("PullRequestReviewConnection", "PullRequestReviewEdge", "PullRequestReview"));
    types.extend(list(
        "PullRequestReviewCommentConnection",
        "PullRequestReviewCommentEdge",
        "PullRequestReviewComment",
    ));
    types.extend(list(
        "PullRequestReviewThreadConnection",
        "PullRequestReviewThreadEdge",
        "PullRequestReviewThread",
    ));
    types
}

fn requests() -> Vec<Type> {
    let mut types = vec![
        Type::of(
            "ReviewRequest",
            vec![
                Field::leaf("asCodeOwner databaseId id"),
                Field::to("requestedReviewer", "RequestedReviewer"),
            ],
        ),
        Type::union("RequestedReviewer", &["Bot", "Mannequin", "Team", "User"]),
    ];
    types.extend(list("ReviewRequestConnection", "ReviewRequestEdge", "ReviewRequest"));
    types
}
