//! Definitions from OpenAPI documents. No profile is needed: nothing is kept until a service is connected with one.

use std::path::Path;

use valetkey_catalog::import::{Basis, Imported, Options, Skipped, openapi};
use valetkey_gateway::Fetcher;
use valetkey_wire::{ImportBasis, ImportOptions, ImportedApi, OfferedContext, SkippedOperations};

use crate::Error;

/// Bytes of a document.
const LONGEST: usize = 32 << 20;
/// Of what was not taken, so many are named for each reason.
const EXAMPLES: usize = 3;

/// The text of an OpenAPI document, and where it was.
#[derive(Clone, Debug)]
pub struct ApiDocument {
    text: String,
    location: Option<String>,
}

impl ApiDocument {
    /// A document that is there already.
    pub const fn new(text: String) -> Self {
        Self { text, location: None }
    }

    /// Reads a file of at most 32 MiB.
    pub async fn read(path: &Path) -> Result<Self, valetkey_wire::Error> {
        let owned = path.to_owned();
        let read = move || {
            use std::io::Read;
            let mut bytes = Vec::new();
            let file = std::fs::File::open(&owned)?;
            file.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes: Result<_, std::io::Error> =
            tokio::task::spawn_blocking(read).await.map_err(|_| Error::TaskEnded)?;
        let bytes = bytes.map_err(|source| Error::DocumentNotRead { path: path.to_owned(), source })?;
        Ok(Self { text: text(bytes)?, location: None })
    }

    /// Fetches it from `https`, or from this machine; `progress` hears how many bytes are there.
    pub async fn fetch(
        url: &str,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Self, valetkey_wire::Error> {
        let made = tokio::task::spawn_blocking(Fetcher::new).await.map_err(|_| Error::TaskEnded)?;
        let found = made.map_err(Error::from)?.fetch(url, LONGEST, progress).await;
        let found = found.map_err(|problem| Error::DocumentNotFetched { problem: problem.to_string() })?;
        Ok(Self { text: text(found.body)?, location: Some(found.url) })
    }

    /// Makes a definition of it.
    pub async fn import(self, options: ImportOptions) -> Result<ImportedApi, valetkey_wire::Error> {
        let import = move || {
            let options = Options {
                kind: options.kind.as_deref(),
                location: self.location.as_deref(),
                basis: match options.basis {
                    ImportBasis::Scopes => Basis::Scopes,
                    ImportBasis::Tags => Basis::Tags,
                },
                contexts: options.contexts.as_deref(),
            };
            openapi(&self.text, &options)
        };
        let imported = tokio::task::spawn_blocking(import).await.map_err(|_| Error::TaskEnded)?;
        Ok(shown(imported.map_err(Error::Import)?))
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Error> {
    if bytes.len() > LONGEST {
        return Err(Error::Import(valetkey_catalog::Error::TooLarge));
    }
    String::from_utf8(bytes).map_err(|_| Error::DocumentNotText)
}

fn shown(imported: Imported) -> ImportedApi {
    let Imported { definition, preview } = imported;
    let context = |context: &valetkey_catalog::import::OfferedContext| OfferedContext {
        name: context.name.clone(),
        example: context.example.clone(),
        operations: context.operations,
    };
    ImportedApi {
        definition,
        kind: preview.kind,
        format: preview.format,
        title: preview.title,
        version: preview.version,
        operations: preview.operations,
        permissions: preview.permissions,
        contexts: preview.contexts.iter().map(context).collect(),
        skipped: by_reason(&preview.skipped),
        notes: preview.notes.iter().map(ToString::to_string).collect(),
    }
}

fn by_reason(skipped: &[Skipped]) -> Vec<SkippedOperations> {
    let mut reasons: Vec<SkippedOperations> = Vec::new();
    for each in skipped {
        let reason = each.reason.to_string();
        let place = reasons.iter().position(|known| known.reason == reason).unwrap_or_else(|| {
            reasons.push(SkippedOperations { reason, count: 0, examples: Vec::new() });
            reasons.len() - 1
        });
        let known = &mut reasons[place];
        known.count += 1;
        if known.examples.len() < EXAMPLES {
            known.examples.push(format!("{} {}", each.method, each.path).trim_start().to_owned());
        }
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    reasons
}
