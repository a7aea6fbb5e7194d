use std::sync::LazyLock;

use crate::Definition;

/// A definition that ships. It is read when it is first asked for: most owners use few of them, and large ones take a while.
struct Shipped {
    kind: &'static str,
    definition: LazyLock<Definition>,
}

/// Under the name of its file in `definitions/`, which is its kind.
macro_rules! shipped {
    ($($kind:literal),* $(,)?) => {
        [$(Shipped {
            kind: $kind,
            definition: LazyLock::new(|| {
                Definition::parse(include_str!(concat!("../definitions/", $kind, ".json")))
                    .expect("tests parse every shipped definition")
            }),
        }),*]
    };
}

static SHIPPED: [Shipped; 17] = shipped![
    "rest",
    "sandbox",
    "github",
    "gitlab",
    "forgejo",
    "gitea",
    "space",
    "codecanvas",
    "openai",
    "anthropic",
    "npm",
    "pypi",
    "docker-registry",
    "sentry",
    "slack",
    "teamcity",
    "youtrack",
];

/// Every definition that ships with the product: the catalog. Reads those that nobody has asked for yet.
pub fn shipped() -> impl ExactSizeIterator<Item = &'static Definition> {
    SHIPPED.iter().map(|shipped| &*shipped.definition)
}

/// Kinds of earlier versions, and those that do now what they did.
const SUCCESSORS: [(&str, &str); 2] = [("github-git", "github"), ("gitlab-git", "gitlab")];

/// The kind that does now what the kind `name` of an earlier version did.
pub fn successor(name: &str) -> Option<&'static str> {
    SUCCESSORS.iter().find(|(gone, _)| *gone == name).map(|(_, now)| *now)
}

/// The shipped definition of that kind.
pub fn kind(name: &str) -> Option<&'static Definition> {
    SHIPPED.iter().find(|shipped| shipped.kind == name).map(|shipped| &*shipped.definition)
}
