use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, Row};
use valetkey_core::service::ServiceName;

use super::{Unreadable, read, run};
use crate::Error;

/// By operation, what one service says that it accepts.
pub(crate) type ByOperation = BTreeMap<Box<str>, Box<str>>;

/// Of every service that has said something.
pub(crate) fn load(connection: &Connection) -> Result<HashMap<ServiceName, ByOperation>, Error> {
    const SQL: &str = "SELECT service, operation, text FROM accepted";
    let mut by_service: HashMap<ServiceName, ByOperation> = HashMap::new();
    for (service, operation, text) in read(connection, "accepted", SQL, [], parse)? {
        by_service.entry(service).or_default().insert(operation, text);
    }
    Ok(by_service)
}

/// Puts one in, replacing what was said before. Of a service that is gone nothing is kept.
pub(crate) fn save(
    connection: &Connection,
    service: &ServiceName,
    operation: &str,
    text: &str,
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO accepted (service, operation, text)
        SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM services WHERE name = ?1)
        ON CONFLICT (service, operation) DO UPDATE SET text = excluded.text";
    run(connection, SQL, [service.as_str(), operation, text])?;
    Ok(())
}

fn parse(row: &Row<'_>) -> Result<(ServiceName, Box<str>, Box<str>), Unreadable> {
    Ok((ServiceName::parse(&row.get::<_, String>(0)?)?, row.get(1)?, row.get(2)?))
}
