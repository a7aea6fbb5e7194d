-- What a service says that an operation accepts, where it refused it.
CREATE TABLE accepted (
    service   TEXT NOT NULL REFERENCES services (name) ON DELETE CASCADE,
    operation TEXT NOT NULL,
    text      TEXT NOT NULL,
    PRIMARY KEY (service, operation)
) STRICT, WITHOUT ROWID;
