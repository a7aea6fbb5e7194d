/// Why nothing could be made of a source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A source, or what was made of it, is not the JSON that is meant.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// What was made is not a definition.
    #[error("the definition that was made: {0}")]
    Definition(#[from] valetkey_catalog::Error),
    /// A path of a source is written in a way that is not known here.
    #[error("“{path}” is written in a way that is not known here")]
    Path {
        /// The path.
        path: String,
    },
    /// A source names a permission that it does not list.
    #[error("the source lists no permission “{name}”")]
    Permission {
        /// Its name.
        name: String,
    },
    /// A source names a kind of context that is not known here.
    #[error("“{name}” is a kind of context that is not known here")]
    Context {
        /// Its name.
        name: String,
    },
}
