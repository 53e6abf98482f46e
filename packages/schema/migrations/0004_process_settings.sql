-- What people want of a running process: the whole wish, and the newest row counts. Every ingester sends it to those of the
-- processes that are connected to it, so that neither API nor ingesters need to know each other.
CREATE TABLE IF NOT EXISTS {{table process_settings}} {{on_cluster}}
(
    process       UInt64,
    requested_ns  Int64,
    mode          LowCardinality(String)   COMMENT 'exact, cull, sample, auto, dormant; empty: as it is',
    sample_bytes  UInt64                   COMMENT 'mean bytes between samples; 0: as it is',
    cull_ms       UInt64                   COMMENT 'what lives shorter is only counted; 0: as it is',
    stop          Bool                     COMMENT 'stop recording for good'
)
ENGINE = {{engine ReplacingMergeTree(requested_ns)}}
ORDER BY process
{{settings}};

{{distributed process_settings BY cityHash64(process)}};
