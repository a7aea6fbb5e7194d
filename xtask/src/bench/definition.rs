//! A definition as large as those of well-known services.

use std::fmt::Write;

/// Operations in it.
pub(super) const OPERATIONS: usize = 900;
/// Grants of the token that is measured.
pub(super) const GRANTS: usize = 20;
/// The request that is made: the last operation, by the last grant. See [`path`].
pub(super) const PATH: &str = "/groups/g19/items/42/part44";
/// The same operation, answered with 1 MiB.
pub(super) const LARGE_PATH: &str = "/groups/g19/items/large/part44";

/// As many operations under 20 permissions: `GET /groups/g<permission>/items/{item}/part<number>`. The first takes an upload.
pub(super) fn document(operations: usize) -> String {
    let mut text = String::from(
        "{\"version\":1,\"kind\":\"bench\",\"title\":\"Bench\",\"description\":\"Measures.\",\"permissions\":[",
    );
    for permission in 0..GRANTS {
        let comma = if permission == 0 { "" } else { "," };
        // Writing into a string does not fail.
        let _ = write!(
            text,
            "{comma}{{\"name\":\"g{permission}.read\",\"title\":\"Read {permission}\",\"group\":\"Read\",\
             \"description\":\"Reads group {permission}.\"}}"
        );
    }
    text.push_str("],\"operations\":[");
    for operation in 0..operations {
        let (comma, method) = if operation == 0 { ("", "POST") } else { (",", "GET") };
        let (permission, part) = (operation % GRANTS, operation / GRANTS);
        let _ = write!(
            text,
            "{comma}{{\"method\":\"{method}\",\"path\":\"/groups/g{permission}/items/{{item}}/part{part}\",\
             \"requires\":\"g{permission}.read\"}}"
        );
    }
    text.push_str("]}");
    text
}

/// A request for the last of so many operations.
pub(super) fn path(operations: usize) -> String {
    let last = operations - 1;
    format!("/groups/g{}/items/42/part{}", last % GRANTS, last / GRANTS)
}

/// One for each permission, in this service.
pub(super) fn grants(service: &str) -> Vec<String> {
    (0..GRANTS).map(|permission| format!("{service}:global:g{permission}.read")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_that_is_made_is_the_last_operation() {
        let document = document(OPERATIONS);
        assert_eq!(document.matches("\"method\"").count(), OPERATIONS);
        assert!(document.contains("/groups/g19/items/{item}/part44"));
        assert_eq!(path(OPERATIONS), PATH);
        assert_eq!(grants("bench").len(), GRANTS);
    }
}
