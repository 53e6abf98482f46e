-- Views of a fleet read the blocks of a range of the clock, in a table that is sorted by process: parts of it outside of the range
-- are passed over. Parts that were written before have no index and are read as before, until they are merged.

ALTER TABLE {{table blocks}} {{on_cluster}} ADD INDEX IF NOT EXISTS idx_end_ns end_ns TYPE minmax GRANULARITY 1;
