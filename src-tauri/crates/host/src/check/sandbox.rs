//! The sandbox: it lists the owner's rights one by one.

use std::collections::BTreeMap;

use serde::Deserialize;
use valetkey_core::{
    grant::{Context, Granted},
    rights::Rights,
};

use super::{Asking, Told};
use crate::{
    Error,
    sandbox::{ME, NAMESPACES},
};

pub(super) async fn ask(asking: &Asking<'_>) -> Result<Told, Error> {
    let me: Me = asking.read(&asking.get(ME).await?)?;
    let rights: Result<_, valetkey_core::Error> = me.rights.iter().map(Right::parse).collect();
    let namespaces = asking.get(NAMESPACES).await.and_then(|answer| asking.read(&answer));
    let namespaces: Vec<Namespace> = namespaces.unwrap_or_default();
    Ok(Told {
        identity: Some(me.name.into()),
        rights: Some(Rights::Only(rights?)),
        values: BTreeMap::from([(
            "namespace".into(),
            namespaces.into_iter().map(|namespace| namespace.key).collect(),
        )]),
        ..Told::default()
    })
}

/// What it says at `/me`.
#[derive(Deserialize)]
struct Me {
    name: String,
    rights: Vec<Right>,
}

#[derive(Deserialize)]
struct Right {
    context: String,
    permission: String,
}

impl Right {
    fn parse(&self) -> Result<(Context, Granted), valetkey_core::Error> {
        Ok((self.context.parse()?, self.permission.parse()?))
    }
}

/// One of what it lists at `/namespaces`.
#[derive(Deserialize)]
struct Namespace {
    key: String,
}
