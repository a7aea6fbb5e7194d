//! The reply to a batch of git-lfs: for each large file, the requests by which it is fetched or brought.
//!
//! Some servers keep files themselves, and put a credential into each of these requests: the one that the batch came with, or one that
//! can do more than what was asked for, and outlasts a revocation. An application gets neither. It is led back here instead, where its
//! personal token does.

use serde_json::Value;

use super::{Passage, ReplyError, rewrite::own_place};

/// The reply's body as the application gets it.
pub(crate) fn led_back(body: &[u8], passage: &Passage<'_>) -> Result<Vec<u8>, ReplyError> {
    let mut reply: Value = serde_json::from_slice(body).map_err(|_| ReplyError::Batch)?;
    let objects = reply.get_mut("objects").and_then(Value::as_array_mut).ok_or(ReplyError::Batch)?;
    for object in objects {
        // The second name is an older one.
        for name in ["actions", "_links"] {
            let Some(actions) = object.get_mut(name) else { continue };
            let actions = actions.as_object_mut().ok_or(ReplyError::Batch)?;
            for action in actions.values_mut() {
                lead_back(action, passage)?;
            }
        }
    }
    let mut written = reply.to_string().into_bytes();
    passage.injection.redactor().blot(&mut written);
    Ok(written)
}

/// An action at the service itself loses its credential. One that leads elsewhere loses what is a credential by itself, and keeps what is
/// signed for one request.
fn lead_back(action: &mut Value, passage: &Passage<'_>) -> Result<(), ReplyError> {
    let href = action.get("href").and_then(Value::as_str).ok_or(ReplyError::Batch)?;
    let own = own_place(href, passage);
    if let Some(header) = action.get_mut("header").and_then(Value::as_object_mut) {
        header.retain(|name, value| {
            !name.eq_ignore_ascii_case("authorization") || own.is_none() && !is_credential(value)
        });
    }
    if let Some(own) = own {
        action["href"] = own.into();
    }
    Ok(())
}

/// Whether it is in one of the forms in which a password or a token is sent as it is.
fn is_credential(value: &Value) -> bool {
    let scheme = value.as_str().and_then(|text| text.split(' ').next()).unwrap_or_default();
    ["", "basic", "bearer", "token"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}
