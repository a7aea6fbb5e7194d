//! Makes shipped definitions from what services publish about their permissions.
//!
//! `sources/` holds the published facts, as they are; here they become definitions in the format of the catalog and the table in
//! `docs/catalog.md`. What is made is committed; `cargo xtask catalog` makes it anew, and the tests here compare.
//!
//! It is *not* part of the product, and never talks to a service.
//!
//! The invariant it upholds: an operation of a source requires exactly what the source says, and nothing is added that the source does
//! not have, but for the few places that are named and reasoned in [`github`], [`gitlab`], [`forge`] and [`space`]. What a listed source
//! ([`Listed`]) makes up where its service publishes nothing, it says itself.
//!
//! ```
//! let made = valetkey_catalogkit::made()?;
//! assert!(made.iter().any(|file| file.path.ends_with("definitions/github.json")));
//! # Ok::<(), valetkey_catalogkit::Error>(())
//! ```

mod document;
mod error;
pub mod forge;
pub mod github;
pub mod gitlab;
mod grape;
mod graph;
pub mod listed;
pub mod overlap;
mod source;
pub mod space;
mod table;

pub use document::{ByNumber, Closed, ContextKind, Document, Endpoint, Operation, Permission, Risk};
pub use error::Error;
pub use graph::{Graph, GraphField, GraphType};
pub use source::{
    About, Forge, ForgeRow, GitHub, GitHubPermission, GitLab, GitLabPermission, GitLabRow, Listed,
    ListedContext, ListedRow,
};
pub use space::{Space, SpacePermission};
use valetkey_catalog::import::space::Family;

/// A file that is made here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// From the repository's root.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// Every file that is made here.
pub fn made() -> Result<Vec<Made>, Error> {
    let documents = documents()?;
    let mut made = Vec::with_capacity(documents.len() + 1);
    for document in &documents {
        let path = format!("src-tauri/crates/catalog/definitions/{}.json", document.kind);
        made.push(Made { path, text: document.text()? });
    }
    let space = Space::read()?;
    for family in [Family::Space, Family::CodeCanvas] {
        let path = format!("src-tauri/crates/catalog/definitions/{}.json", family.kind());
        made.push(Made { path, text: space::definition(&space, family)? });
    }
    made.push(Made { path: "docs/catalog.md".into(), text: table::page(&documents, &space)? });
    Ok(made)
}

/// Every definition that is made here in the form of a [`Document`]: those of Space and `CodeCanvas` are made by the catalog itself.
pub fn documents() -> Result<Vec<Document>, Error> {
    let github = GitHub::read()?;
    let gitlab = GitLab::read()?;
    let mut documents = vec![github::api(&github)?, gitlab::api(&gitlab)?];
    documents.push(forge::all(forge::Kind::Forgejo, &Forge::forgejo()?));
    documents.push(forge::all(forge::Kind::Gitea, &Forge::gitea()?));
    documents.extend(Listed::all()?.into_iter().map(listed::document));
    Ok(documents)
}
