-- Who said what the owner's rights in a service are; what the service told of its credential besides.
ALTER TABLE services ADD COLUMN rights_source TEXT NOT NULL DEFAULT 'unknown'
    CHECK (rights_source IN ('unknown', 'service', 'owner'));
ALTER TABLE services ADD COLUMN rights_since INTEGER;
ALTER TABLE services ADD COLUMN scopes TEXT;
ALTER TABLE services ADD COLUMN credential_expires INTEGER;
-- Until now only a service could say so.
UPDATE services SET rights_source = 'service', rights_since = checked WHERE rights = 'only' AND checked IS NOT NULL;
