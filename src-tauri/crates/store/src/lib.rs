//! SQLite and the activity journal: the only place with SQL.
