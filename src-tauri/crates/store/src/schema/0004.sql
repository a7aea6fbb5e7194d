-- When the service itself told its definition; NULL where the owner gave it, or where the catalog's holds.
ALTER TABLE services ADD COLUMN definition_read INTEGER CHECK (definition_read IS NULL OR definition IS NOT NULL);
