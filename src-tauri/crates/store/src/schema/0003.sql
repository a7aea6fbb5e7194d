-- Whether a token may use the HTTPS proxy.
ALTER TABLE tokens ADD COLUMN proxy INTEGER NOT NULL DEFAULT 0 CHECK (proxy IN (0, 1));
