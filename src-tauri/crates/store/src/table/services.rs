use rusqlite::{Connection, Row, params};
use valetkey_core::{
    rights::{Rights, RightsSource},
    service::{BaseUrl, DefinitionSource, Service, ServiceName},
    time::Timestamp,
};

use super::{Unreadable, read, rights, rights::RightsList, run};
use crate::Error;

const TABLE: &str = "services";

/// All connected services, by name.
pub(crate) fn load(connection: &Connection) -> Result<Vec<Service>, Error> {
    const SQL: &str =
        "SELECT name, kind, base_url, credential_form, definition, rights, identity, created, checked, definition_read,
            rights_source, rights_since, scopes, credential_expires
        FROM services ORDER BY name";
    let mut listed = rights::load(connection)?;
    let services = read(connection, TABLE, SQL, [], parse)?;
    services
        .into_iter()
        .map(|mut service| {
            match (&mut service.rights, listed.remove(&service.name)) {
                (Rights::Only(rights), Some(found)) => *rights = found,
                // Somebody made listed rights into all rights behind our back.
                (Rights::All, Some(_)) => return Err(Error::Damaged { table: TABLE }),
                (Rights::Only(_) | Rights::All, None) => {}
            }
            Ok(service)
        })
        .collect()
}

pub(crate) fn save(connection: &Connection, service: &Service) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO services
            (name, kind, base_url, credential_form, definition, rights, identity, created, checked, definition_read,
            rights_source, rights_since, scopes, credential_expires)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        ON CONFLICT (name) DO UPDATE SET
            kind = excluded.kind, base_url = excluded.base_url, credential_form = excluded.credential_form,
            definition = excluded.definition, rights = excluded.rights, identity = excluded.identity,
            created = excluded.created, checked = excluded.checked,
            definition_read = excluded.definition_read,
            rights_source = excluded.rights_source, rights_since = excluded.rights_since,
            scopes = excluded.scopes, credential_expires = excluded.credential_expires";
    let nothing = RightsList::new();
    let (kept, listed) = match &service.rights {
        Rights::All => ("all", &nothing),
        Rights::Only(rights) => ("only", rights),
    };
    let (source, since) = match service.rights_source {
        RightsSource::Unknown => ("unknown", None),
        RightsSource::Service { at } => ("service", Some(at)),
        RightsSource::Owner { at } => ("owner", Some(at)),
    };
    let row = params![
        service.name.as_str(),
        service.kind,
        service.base_url.to_string(),
        service.credential_form.to_string(),
        service.definition.document(),
        kept,
        service.identity,
        service.created.as_millis(),
        service.checked.map(Timestamp::as_millis),
        service.definition.read().map(Timestamp::as_millis),
        source,
        since.map(Timestamp::as_millis),
        service.scopes,
        service.credential_expires.map(Timestamp::as_millis),
    ];
    run(connection, SQL, row)?;
    rights::replace(connection, &service.name, listed)
}

pub(crate) fn forget(connection: &Connection, service: &ServiceName) -> Result<(), Error> {
    run(connection, "DELETE FROM services WHERE name = ?1", [service.as_str()])?;
    Ok(())
}

/// A service whose listed rights are still to come.
fn parse(row: &Row<'_>) -> Result<Service, Unreadable> {
    let time = |column| Ok::<_, Unreadable>(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis));
    Ok(Service {
        name: ServiceName::parse(&row.get::<_, String>(0)?)?,
        kind: row.get(1)?,
        base_url: BaseUrl::parse(&row.get::<_, String>(2)?).map_err(|_| Unreadable)?,
        credential_form: row.get::<_, String>(3)?.parse()?,
        definition: match (row.get(4)?, time(9)?) {
            (None, None) => DefinitionSource::Catalog,
            (Some(document), None) => DefinitionSource::Owner(document),
            (Some(document), Some(read)) => DefinitionSource::Service { document, read },
            (None, Some(_)) => return Err(Unreadable),
        },
        rights: match row.get::<_, String>(5)?.as_str() {
            "all" => Rights::All,
            "only" => Rights::Only(RightsList::new()),
            _ => return Err(Unreadable),
        },
        identity: row.get(6)?,
        created: Timestamp::from_millis(row.get(7)?),
        checked: time(8)?,
        rights_source: match (row.get::<_, String>(10)?.as_str(), time(11)?) {
            ("unknown", None) => RightsSource::Unknown,
            ("service", Some(at)) => RightsSource::Service { at },
            ("owner", Some(at)) => RightsSource::Owner { at },
            _ => return Err(Unreadable),
        },
        scopes: row.get(12)?,
        credential_expires: time(13)?,
    })
}
