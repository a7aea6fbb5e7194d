CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE services (
    name            TEXT NOT NULL PRIMARY KEY,
    kind            TEXT NOT NULL,
    base_url        TEXT NOT NULL,
    credential_form TEXT NOT NULL,
    definition      TEXT,
    rights          TEXT NOT NULL CHECK (rights IN ('all', 'only')),
    identity        TEXT,
    created         INTEGER NOT NULL,
    checked         INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE rights (
    service    TEXT NOT NULL REFERENCES services (name) ON DELETE CASCADE,
    context    TEXT NOT NULL,
    permission TEXT NOT NULL,
    PRIMARY KEY (service, context, permission)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 8),
    name        TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    note        TEXT NOT NULL,
    access      TEXT NOT NULL CHECK (access IN ('full', 'limited')),
    digest      BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    status      TEXT NOT NULL CHECK (status IN ('active', 'disabled', 'revoked')),
    revoked     INTEGER,
    created     INTEGER NOT NULL,
    expires     INTEGER,
    CHECK ((status = 'revoked') = (revoked IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX tokens_by_live_name ON tokens (folded_name) WHERE status <> 'revoked';

-- A grant may name a service that is gone: it is inactive then, not deleted.
CREATE TABLE grants (
    token      TEXT NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    service    TEXT NOT NULL,
    context    TEXT NOT NULL,
    permission TEXT NOT NULL,
    PRIMARY KEY (token, service, context, permission)
) STRICT, WITHOUT ROWID;

CREATE TABLE last_uses (
    token     TEXT NOT NULL PRIMARY KEY REFERENCES tokens (id) ON DELETE CASCADE,
    time      INTEGER NOT NULL,
    operation TEXT NOT NULL,
    program   TEXT,
    pid       INTEGER
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a sequence is never used again, also when the newest records have been forgotten.
CREATE TABLE activity (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    request   INTEGER NOT NULL,
    time      INTEGER NOT NULL,
    token     TEXT,
    service   TEXT,
    method    TEXT,
    operation TEXT NOT NULL,
    context   TEXT NOT NULL,
    denied    INTEGER NOT NULL CHECK (denied IN (0, 1)),
    reason    TEXT NOT NULL,
    transport TEXT NOT NULL,
    pid       INTEGER,
    program   TEXT,
    status    INTEGER,
    sent      INTEGER,
    received  INTEGER,
    micros    INTEGER,
    ending    TEXT
) STRICT;

-- Every index ends with the sequence by itself, so pages come from it in order.
CREATE INDEX activity_by_token ON activity (token);
CREATE INDEX activity_by_service ON activity (service);
CREATE INDEX activity_by_time ON activity (time);
CREATE INDEX activity_denied ON activity (denied) WHERE denied = 1;
CREATE INDEX activity_denied_by_token ON activity (token) WHERE denied = 1;
CREATE INDEX activity_denied_by_service ON activity (service) WHERE denied = 1;
CREATE INDEX activity_running ON activity (request) WHERE ending IS NULL;

-- A request may end on another thread than it began on, and that thread's journal may be read first.
CREATE TABLE early_closings (
    request  INTEGER NOT NULL PRIMARY KEY,
    status   INTEGER NOT NULL,
    sent     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    micros   INTEGER NOT NULL,
    ending   TEXT NOT NULL
) STRICT;

-- How far each journal file has been taken over.
CREATE TABLE journals (
    name     TEXT NOT NULL PRIMARY KEY,
    consumed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
