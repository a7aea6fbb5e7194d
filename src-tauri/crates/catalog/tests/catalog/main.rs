//! The definition format from outside: what is refused and how it is said, and what compiled definitions find.

mod by_number;
mod edited;
mod found;
mod graph;
mod imported;
mod refused;
mod shipped;

/// A small definition with `operations` in it.
fn document(operations: &str) -> String {
    document_with(operations, "{}")
}

fn document_with(operations: &str, switches: &str) -> String {
    format!(
        r#"{{
            "version": 1, "kind": "forge", "title": "Forge", "description": "Made for tests.",
            "contexts": [
                {{"name": "repository", "title": "Repository", "fold_case": true}},
                {{"name": "user", "sole": true}}
            ],
            "permissions": [
                {{"name": "contents.read", "contexts": ["global", "repository"]}},
                {{"name": "contents.write", "contexts": ["repository"], "implies": ["contents.read"]}},
                {{"name": "user.read", "contexts": ["user"]}},
                {{"name": "keys.create", "risk": "mints_credentials"}},
                {{"name": "admin"}}
            ],
            "switches": {switches},
            "operations": [{operations}]
        }}"#
    )
}
