use super::{Source, yaml};
use crate::{Error, Problem, limits, problem::shown};

/// Which of the formats a document is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import::openapi) enum Version {
    /// 2.0
    Swagger,
    /// 3.x
    OpenApi,
}

/// Reads a document in JSON or YAML, and says in which version it is written.
pub(in crate::import::openapi) fn read(text: &str) -> Result<(Source, Version, String), Error> {
    if text.len() > limits::DOCUMENT {
        return Err(Error::TooLarge);
    }
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let source: Source = if text.trim_start().starts_with('{') {
        serde_json::from_str(text)?
    } else {
        let json = yaml::to_json(text)?;
        // Each token stands in the line that it came from; columns are others.
        serde_json::from_str(&json).map_err(|error| match Error::from(error) {
            Error::Malformed { line, problem, .. } => Error::MalformedLine { line, problem },
            other @ (Error::TooLarge | Error::MalformedLine { .. } | Error::Refused { .. }) => other,
        })?
    };
    let (version, written) = match (&source.openapi, &source.swagger) {
        (Some(openapi), None) if openapi.as_str().starts_with("3.") => {
            (Version::OpenApi, format!("OpenAPI {}", shown(openapi.as_str())))
        }
        (None, Some(swagger)) if swagger.as_str() == "2.0" => (Version::Swagger, "Swagger 2.0".into()),
        (None, None) => return Err(Error::refused("#", Problem::NotOpenApi)),
        (found, other) => {
            let found = found.as_ref().or(other.as_ref()).map_or("", |word| word.as_str());
            return Err(Error::refused("#", Problem::OpenApiVersion { found: shown(found) }));
        }
    };
    Ok((source, version, written))
}
