use valetkey_wire::{PermissionList, PermissionRow, Request, Risk};

use crate::{
    error::Error,
    output::Output,
    session::{Session, ask},
    table::Table,
};

pub(crate) async fn run(
    session: &mut Session,
    service: String,
    context: String,
    output: Output,
) -> Result<(), Error> {
    let list = ask!(session, Request::Permissions { service, context: Some(context) }, Permissions)?;
    output.answer(&list, in_words)
}

fn in_words(list: &PermissionList) -> String {
    let contexts: Vec<String> = list
        .kinds
        .iter()
        .flat_map(|kind| {
            let open = kind.takes_value.then(|| format!("{}=…", kind.name));
            let sole = (!kind.takes_value).then(|| kind.name.clone());
            let known = kind.values.iter().map(|value| format!("{}={value}", kind.name));
            sole.into_iter().chain(known).chain(open).collect::<Vec<_>>()
        })
        .collect();
    let table =
        Table::new(&["PERMISSION", "GRANT", "ALLOWS", "NOTE"]).with_rows(&list.permissions, |permission| {
            vec![
                permission.name.clone(),
                format!("{}:{}:{}", list.service, list.context, permission.name),
                super::words::count(permission.operations.len(), "operation"),
                note(permission),
            ]
        });
    format!("{table}\n\nContexts: {}", crate::table::plain(&contexts.join(", ")))
}

fn note(permission: &PermissionRow) -> String {
    if let Some(reason) = &permission.reason {
        return reason.clone();
    }
    match permission.risk {
        Risk::Plain => String::new(),
        Risk::Destructive => "destructive".into(),
        Risk::MintsCredentials => "makes or reveals a credential; must be granted by its own name".into(),
    }
}
