use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::WWW_AUTHENTICATE},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Why a request is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("a credential that the sandbox knows must be sent as Authorization: Bearer")]
    Unauthenticated,
    #[error("{name} does not have the right {permission} in the context {context}")]
    Forbidden { name: String, permission: &'static str, context: String },
    #[error("there is no such thing here")]
    NotFound,
    #[error("this can't be done to that")]
    MethodNotAllowed,
    #[error("{name} exists already")]
    Exists { name: String },
    #[error("the sandbox holds at most {limit} of these")]
    Full { limit: usize },
    #[error("“{name}” is not a name: 1 to 40 characters a-z, 0-9 and -, not beginning with -")]
    Name { name: String },
    #[error("there is no template {name} in this namespace")]
    NoTemplate { name: String },
    #[error("the body can't be read: {0}")]
    Body(#[from] serde_json::Error),
    #[error("the body is too long or broke off")]
    BodyLost,
    #[error("the operating system gave no random bytes")]
    NoEntropy,
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Exists { .. } | Self::Full { .. } => StatusCode::CONFLICT,
            Self::Name { .. } | Self::NoTemplate { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Body(_) | Self::BodyLost => StatusCode::BAD_REQUEST,
            Self::NoEntropy => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden { .. } => "permission_denied",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Exists { .. } => "exists",
            Self::Full { .. } => "full",
            Self::Name { .. } | Self::NoTemplate { .. } => "invalid",
            Self::Body(_) | Self::BodyLost => "malformed",
            Self::NoEntropy => "internal",
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({"error": self.code(), "error_description": self.to_string()});
        let mut response = (self.status(), Json(body)).into_response();
        if matches!(self, Self::Unauthenticated) {
            let challenge = HeaderValue::from_static(r#"Bearer realm="sandbox""#);
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
