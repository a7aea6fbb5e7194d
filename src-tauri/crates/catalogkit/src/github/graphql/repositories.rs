//! A repository, and what it says of itself.

use super::{CONTENTS, Field, ISSUES, PULL_REQUESTS, Type, list};

/// Not among it: `tempCloneToken` is a credential, and the addresses of the owner's mail are no business of a repository.
const OF_ITSELF: &str = "allowUpdateBranch archivedAt autoMergeAllowed createdAt databaseId deleteBranchOnMerge description diskUsage
    forkCount forkingAllowed hasDiscussionsEnabled hasIssuesEnabled hasProjectsEnabled hasWikiEnabled homepageUrl id isArchived
    isBlankIssuesEnabled isDisabled isEmpty isFork isInOrganization isLocked isMirror isPrivate isSecurityPolicyEnabled isTemplate
    isUserConfigurationRepository lockReason mergeCommitAllowed mergeCommitMessage mergeCommitTitle name nameWithOwner
    openGraphImageUrl projectsUrl pushedAt rebaseMergeAllowed resourcePath securityPolicyUrl squashMergeAllowed
    squashMergeCommitMessage squashMergeCommitTitle sshUrl stargazerCount updatedAt url usesCustomOpenGraphImage viewerCanAdminister
    viewerCanCreateProjects viewerCanSubscribe viewerDefaultMergeMethod viewerHasStarred viewerPermission viewerSubscription
    visibility webCommitSignoffRequired";

pub(super) fn types() -> Vec<Type> {
    let mut types = vec![
        Type::of(
            "Repository",
            vec![
                Field::leaf(OF_ITSELF),
                Field::to("owner", "RepositoryOwner"),
                Field::to("parent templateRepository", "NamedRepository"),
                Field::to("primaryLanguage", "Language"),
                Field::to("languages", "LanguageConnection"),
                Field::to("licenseInfo", "License"),
                Field::to("repositoryTopics", "RepositoryTopicConnection"),
                Field::to("watchers", "UserConnection"),
                Field::to("codeOfConduct", "CodeOfConduct"),
                Field::to("defaultBranchRef", "Ref"),
                Field::to("ref", "Ref").needs(CONTENTS),
                Field::to("refs", "RefConnection").needs(CONTENTS),
                Field::to("object", "GitObject").needs(CONTENTS),
                Field::to("latestRelease release", "Release").needs(CONTENTS),
                Field::to("releases", "ReleaseConnection").needs(CONTENTS),
                Field::to("issue", "Issue").needs(ISSUES),
                Field::to("issues", "IssueConnection").needs(ISSUES),
                Field::to("label", "Label").needs(ISSUES),
                Field::to("labels", "LabelConnection").needs(ISSUES),
                Field::to("milestone", "Milestone").needs(ISSUES),
                Field::to("milestones", "MilestoneConnection").needs(ISSUES),
                Field::to("assignableUsers", "UserConnection").needs(ISSUES),
                Field::to("pullRequest", "PullRequest").needs(PULL_REQUESTS),
                Field::to("pullRequests", "PullRequestConnection").needs(PULL_REQUESTS),
                // What a number stands for is a fact of both.
                Field::to("issueOrPullRequest", "IssueOrPullRequest")
                    .needs(&["issues.read", "pull_requests.read"]),
            ],
        ),
        Type::of(
            "NamedRepository",
            vec![
                Field::leaf("databaseId id name nameWithOwner resourcePath url"),
                Field::to("owner", "RepositoryOwner"),
            ],
        )
        .is("Repository"),
        Type::of("Language", vec![Field::leaf("color id name")]),
        Type::of("License", vec![Field::leaf("id key name nickname spdxId url")]),
        Type::of("CodeOfConduct", vec![Field::leaf("id key name resourcePath url")]),
        Type::of("RepositoryTopic", vec![Field::leaf("id resourcePath url"), Field::to("topic", "Topic")]),
        Type::of("Topic", vec![Field::leaf("id name")]),
    ];
    types.extend(list("RepositoryConnection", "RepositoryEdge", "Repository"));
    types.extend(list("RepositoryTopicConnection", "RepositoryTopicEdge", "RepositoryTopic"));
    let [languages, language] = list("LanguageConnection", "LanguageEdge", "Language");
    let more = |of: Type, names| Type { fields: [of.fields, vec![Field::leaf(names)]].concat(), ..of };
    types.extend([more(languages, "totalSize"), more(language, "size")]);
    types
}
