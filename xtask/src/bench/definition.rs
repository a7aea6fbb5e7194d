//! A definition as large as those of well-known services.

use std::fmt::Write;

/// The service's name in the gateway.
pub(super) const SERVICE: &str = "bench";
/// Operations in it.
const OPERATIONS: usize = 900;
/// Grants of the token that is measured.
pub(super) const GRANTS: usize = 20;
/// The request that is made: the last operation, by the last grant.
pub(super) const PATH: &str = "/groups/g19/items/42/part44";

/// 900 operations under 20 permissions: `GET /groups/g<permission>/items/{item}/part<number>`.
pub(super) fn document() -> String {
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
    for operation in 0..OPERATIONS {
        let comma = if operation == 0 { "" } else { "," };
        let (permission, part) = (operation % GRANTS, operation / GRANTS);
        let _ = write!(
            text,
            "{comma}{{\"method\":\"GET\",\"path\":\"/groups/g{permission}/items/{{item}}/part{part}\",\
             \"requires\":\"g{permission}.read\"}}"
        );
    }
    text.push_str("]}");
    text
}

/// One for each permission.
pub(super) fn grants() -> Vec<String> {
    (0..GRANTS).map(|permission| format!("{SERVICE}:global:g{permission}.read")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_that_is_made_is_the_last_operation() {
        let document = document();
        assert_eq!(document.matches("\"method\"").count(), OPERATIONS);
        assert!(document.contains("/groups/g19/items/{item}/part44"));
        assert_eq!(grants().len(), GRANTS);
    }
}
