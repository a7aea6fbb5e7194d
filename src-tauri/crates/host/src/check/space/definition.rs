//! The definition, from what the service says of itself.

use std::sync::Arc;

use valetkey_catalog::{
    Definition,
    import::space::{Family, MODEL_PATH, RIGHTS_PATH, document, model},
};
use valetkey_gateway::{Probe, Question};

use crate::{
    Error,
    check::{Asking, ToldDefinition},
};

/// The longest description of an API that is read.
const LONGEST: usize = 16 << 20;

/// `None` where the service does not tell, or tells it in another form: what was known before holds then.
pub(super) async fn read(asking: &Asking<'_>, family: Family) -> Result<Option<ToldDefinition>, Error> {
    let api = asking.ask(Question::get(MODEL_PATH).up_to(LONGEST)).await?;
    let rights = asking.ask(Question::get(RIGHTS_PATH).up_to(LONGEST)).await?;
    let (Some(api), Some(rights)) = (text(api), text(rights)) else { return Ok(None) };
    let source =
        format!("{} itself: its HTTP API model and its permissions", asking.connected().service.base_url);
    let made = tokio::task::spawn_blocking(move || made(&api, &rights, family, &source));
    Ok(made.await.map_err(|_| Error::TaskEnded)?.ok())
}

fn made(
    api: &str,
    rights: &str,
    family: Family,
    source: &str,
) -> Result<ToldDefinition, valetkey_catalog::Error> {
    let document = document(family, &model(api, rights)?, source)?;
    let rules = Arc::new(Definition::parse(&document)?.compile());
    Ok(ToldDefinition { document: document.into(), rules })
}

fn text(answer: Probe) -> Option<String> {
    if answer.status != 200 {
        return None;
    }
    String::from_utf8(answer.body).ok()
}
