use std::sync::LazyLock;

use crate::Definition;

static SHIPPED: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    [include_str!("../definitions/rest.json"), include_str!("../definitions/sandbox.json")]
        .into_iter()
        .map(|document| Definition::parse(document).expect("tests parse every shipped definition"))
        .collect()
});

/// Every definition that ships with the product: the catalog.
pub fn shipped() -> &'static [Definition] {
    &SHIPPED
}

/// The shipped definition of that kind.
pub fn kind(name: &str) -> Option<&'static Definition> {
    shipped().iter().find(|definition| definition.kind() == name)
}
