-- Records of requests come in blocks: many in one value, which never changes. A block is named by its last sequence.
-- AUTOINCREMENT: a sequence is never used again, also when the newest records have been forgotten.
CREATE TABLE blocks (
    last       INTEGER PRIMARY KEY AUTOINCREMENT,
    first      INTEGER NOT NULL,
    first_time INTEGER NOT NULL,
    last_time  INTEGER NOT NULL,
    records    INTEGER NOT NULL,
    refusals   INTEGER NOT NULL,
    -- Without an end in the block, and those of them without one in late_closings either.
    open       INTEGER NOT NULL,
    running    INTEGER NOT NULL CHECK (running BETWEEN 0 AND open),
    size       INTEGER NOT NULL
) STRICT;

CREATE INDEX blocks_running ON blocks (last) WHERE running > 0;
CREATE INDEX blocks_with_late_ends ON blocks (last) WHERE running = 0 AND open > 0;

-- Apart from what is said about it, so that blocks are passed over without reading them.
CREATE TABLE block_bytes (
    block INTEGER NOT NULL PRIMARY KEY REFERENCES blocks (last) ON DELETE CASCADE,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE block_tokens (
    token    TEXT NOT NULL,
    block    INTEGER NOT NULL REFERENCES blocks (last) ON DELETE CASCADE,
    refusals INTEGER NOT NULL,
    PRIMARY KEY (token, block)
) STRICT, WITHOUT ROWID;

CREATE INDEX block_tokens_by_block ON block_tokens (block);

CREATE TABLE block_services (
    service  TEXT NOT NULL,
    block    INTEGER NOT NULL REFERENCES blocks (last) ON DELETE CASCADE,
    refusals INTEGER NOT NULL,
    PRIMARY KEY (service, block)
) STRICT, WITHOUT ROWID;

CREATE INDEX block_services_by_block ON block_services (block);

-- Ends of requests whose block was made before they ended.
CREATE TABLE late_closings (
    sequence INTEGER NOT NULL PRIMARY KEY,
    request  INTEGER NOT NULL,
    status   INTEGER NOT NULL,
    sent     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    micros   INTEGER NOT NULL,
    ending   TEXT NOT NULL
) STRICT;
