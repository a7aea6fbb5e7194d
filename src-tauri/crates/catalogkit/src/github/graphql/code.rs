//! What is in a repository: branches, commits, files, releases. A commit that something else leads to shows itself; where it leads
//! further, that is contents.

use super::{CONTENTS, Field, STATUSES, Type, list};

pub(super) fn types() -> Vec<Type> {
    let mut types = refs();
    types.extend(objects());
    types.extend(releases());
    types
}

fn refs() -> Vec<Type> {
    let protection =
        "allowsDeletions allowsForcePushes id isAdminEnforced pattern requiredApprovingReviewCount
        requiredStatusCheckContexts requiresApprovingReviews requiresCodeOwnerReviews requiresCommitSignatures
        requiresConversationResolution requiresLinearHistory requiresStatusChecks requiresStrictStatusChecks";
    let mut types = vec![
        Type::of(
            "Ref",
            vec![
                Field::leaf("id name prefix"),
                Field::to("target", "GitObject").needs(CONTENTS),
                Field::to("branchProtectionRule", "BranchProtectionRule").needs(&["administration.read"]),
            ],
        ),
        // Of a fork, maybe.
        Type::of("NamedRef", vec![Field::leaf("id name prefix")]).is("Ref"),
        Type::of("BranchProtectionRule", vec![Field::leaf(protection)]),
    ];
    types.extend(list("RefConnection", "RefEdge", "Ref"));
    types
}

fn objects() -> Vec<Type> {
    let object = "abbreviatedOid commitResourcePath commitUrl id oid";
    let commit = "additions authoredByCommitter authoredDate changedFiles changedFilesIfAvailable committedDate committedViaWeb
        deletions message messageBody messageHeadline resourcePath url";
    let mut types = vec![
        Type::of("GitObject", vec![Field::leaf(object)]).may_be(&["Blob", "Commit", "Tag", "Tree"]),
        Type::of("Blob", vec![Field::leaf(object), Field::leaf("byteSize isBinary isTruncated text")]),
        Type::of(
            "Tag",
            vec![
                Field::leaf(object),
                Field::leaf("message name"),
                Field::to("tagger", "GitActor"),
                Field::to("target", "GitObject"),
            ],
        ),
        Type::of("Tree", vec![Field::leaf(object), Field::to("entries", "TreeEntry")]),
        Type::of(
            "TreeEntry",
            vec![
                Field::leaf("extension isGenerated lineCount mode name nameRaw oid path pathRaw size type"),
                Field::to("language", "Language"),
                Field::to("object", "GitObject"),
            ],
        ),
        Type::of(
            "Commit",
            vec![
                Field::leaf(object),
                Field::leaf(commit),
                Field::to("author committer", "GitActor"),
                Field::to("authors", "GitActorConnection"),
                Field::to("repository", "NamedRepository"),
                Field::to("parents", "CommitConnection").needs(CONTENTS),
                Field::to("history", "CommitHistoryConnection").needs(CONTENTS),
                Field::to("tree", "Tree").needs(CONTENTS),
                Field::to("file", "TreeEntry").needs(CONTENTS),
                Field::to("status", "Status").needs(STATUSES),
                Field::to("statusCheckRollup", "StatusCheckRollup").needs(STATUSES),
            ],
        ),
    ];
    types.extend(list("GitActorConnection", "GitActorEdge", "GitActor"));
    types.extend(list("CommitConnection", "CommitEdge", "Commit"));
    let [history, _] = list("CommitHistoryConnection", "CommitEdge", "Commit");
    types.push(history);
    types
}

fn releases() -> Vec<Type> {
    let release = "createdAt databaseId description id isDraft isLatest isPrerelease name publishedAt resourcePath tagName updatedAt url";
    let mut types = vec![
        Type::of(
            "Release",
            vec![
                Field::leaf(release),
                Field::to("author", "User"),
                Field::to("tag", "Ref"),
                Field::to("tagCommit", "Commit"),
                Field::to("releaseAssets", "ReleaseAssetConnection"),
                Field::to("repository", "NamedRepository"),
            ],
        ),
        Type::of(
            "ReleaseAsset",
            vec![
                Field::leaf("contentType createdAt downloadCount downloadUrl id name size updatedAt url"),
                Field::to("uploadedBy", "User"),
            ],
        ),
    ];
    types.extend(list("ReleaseConnection", "ReleaseEdge", "Release"));
    types.extend(list("ReleaseAssetConnection", "ReleaseAssetEdge", "ReleaseAsset"));
    types
}
