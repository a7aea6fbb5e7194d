-- Sequences go on where the rows ended.
DELETE FROM sqlite_sequence WHERE name = 'blocks';
INSERT INTO sqlite_sequence (name, seq) SELECT 'blocks', seq FROM sqlite_sequence WHERE name = 'activity';
DROP TABLE activity;
