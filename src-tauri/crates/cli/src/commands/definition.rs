//! Definitions from OpenAPI documents.

use std::path::Path;

use serde_json::json;
use valetkey_host::ApiDocument;
use valetkey_wire::{ImportBasis, ImportOptions, ImportedApi};

use super::words;
use crate::{
    arguments::{DefinitionArguments, PermissionsArgument},
    error::Error,
    output::Output,
};

/// Of what is fetched, every so many bytes are reported.
const STEP: usize = 4 << 20;

pub(super) async fn run(arguments: DefinitionArguments, output: Output) -> Result<(), Error> {
    let options = ImportOptions {
        kind: arguments.kind,
        basis: match arguments.permissions {
            PermissionsArgument::Scopes => ImportBasis::Scopes,
            PermissionsArgument::Tags => ImportBasis::Tags,
        },
        contexts: (arguments.no_contexts || !arguments.contexts.is_empty()).then_some(arguments.contexts),
    };
    let imported = import(&arguments.from, options, output).await?;
    match arguments.output {
        None => Output::document(&imported.definition),
        Some(path) => {
            let failed = |source| Error::NotWritten { path: path.display().to_string(), source };
            std::fs::write(&path, &imported.definition).map_err(failed)?;
            let written = json!({ "written": path, "operations": imported.operations, "permissions": imported.permissions });
            output.answer(&written, |_| next_step(&path))
        }
    }
}

/// Makes a definition of the document at `from`, and says on standard error what was found.
pub(super) async fn import(from: &str, options: ImportOptions, output: Output) -> Result<ImportedApi, Error> {
    let document = if from.contains("://") {
        let mut reported = 0;
        let mut progress = |bytes: usize| {
            if bytes >= reported + STEP {
                reported = bytes;
                output.remark(&format!("Fetching: {} MiB", bytes >> 20));
            }
        };
        ApiDocument::fetch(from, &mut progress).await?
    } else {
        ApiDocument::read(Path::new(from)).await?
    };
    let imported = document.import(options).await?;
    output.remark(&in_words(&imported));
    Ok(imported)
}

fn next_step(path: &Path) -> String {
    let path = path.display();
    format!("{path} written. Edit it if you like, then: vk service add NAME --kind KIND --definition {path}")
}

fn in_words(imported: &ImportedApi) -> String {
    let title = format!("{} {}", imported.title, imported.version);
    let skipped: usize = imported.skipped.iter().map(|reason| reason.count).sum();
    let mut lines = vec![
        words::field("API", &format!("{} ({})", title.trim_end(), imported.format)),
        words::field("Operations", &format!("{} taken, {skipped} left out", imported.operations)),
        words::field("Permissions", &imported.permissions.to_string()),
    ];
    for context in &imported.contexts {
        let operations = words::count(context.operations, "operation");
        lines.push(words::field(
            "Context",
            &format!("{}: {operations}, as in {}", context.name, context.example),
        ));
    }
    for note in &imported.notes {
        lines.push(words::field("Note", note));
    }
    for reason in &imported.skipped {
        let more = if reason.count > reason.examples.len() { ", …" } else { "" };
        let examples = reason.examples.join(", ");
        lines.push(words::field(
            "Left out",
            &format!("{}: {} ({examples}{more})", reason.count, reason.reason),
        ));
    }
    lines.join("\n")
}
