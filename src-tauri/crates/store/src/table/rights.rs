use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, Row};
use valetkey_core::{
    grant::{Context, Granted},
    service::ServiceName,
};

use super::{Unreadable, read, run};
use crate::Error;

/// What the owner may do in one service, one by one.
pub(crate) type RightsList = BTreeSet<(Context, Granted)>;

/// The listed rights of every service that has some.
pub(crate) fn load(connection: &Connection) -> Result<HashMap<ServiceName, RightsList>, Error> {
    const SQL: &str = "SELECT service, context, permission FROM rights";
    let mut by_service: HashMap<ServiceName, RightsList> = HashMap::new();
    for (service, right) in read(connection, "rights", SQL, [], parse)? {
        by_service.entry(service).or_default().insert(right);
    }
    Ok(by_service)
}

/// Makes these the owner's rights in the service.
pub(crate) fn replace(
    connection: &Connection,
    service: &ServiceName,
    rights: &RightsList,
) -> Result<(), Error> {
    const DELETE: &str = "DELETE FROM rights WHERE service = ?1";
    const INSERT: &str = "INSERT INTO rights (service, context, permission) VALUES (?1, ?2, ?3)";
    run(connection, DELETE, [service.as_str()])?;
    for (context, permission) in rights {
        run(connection, INSERT, [service.as_str(), &context.to_string(), &permission.to_string()])?;
    }
    Ok(())
}

fn parse(row: &Row<'_>) -> Result<(ServiceName, (Context, Granted)), Unreadable> {
    let service = ServiceName::parse(&row.get::<_, String>(0)?)?;
    Ok((service, (row.get::<_, String>(1)?.parse()?, row.get::<_, String>(2)?.parse()?)))
}
