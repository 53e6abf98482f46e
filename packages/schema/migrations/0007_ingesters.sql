-- Several ingesters on one database: which of them takes the stream of a process, whether they live, and who wants a process
-- from another. So that a block which waits in one ingester is never inserted while another one takes it again.

{{alter processes ADD COLUMN IF NOT EXISTS ingester LowCardinality(String) COMMENT 'that may hold blocks of it which are not stored yet; empty: none does'}};

CREATE TABLE IF NOT EXISTS ingesters {{on_cluster}}
(
    ingester  String,
    seen_ns   Int64,
    stopped   Bool     COMMENT 'ended in good order: it holds nothing any more'
)
ENGINE = {{engine_everywhere ReplacingMergeTree(seen_ns)}}
ORDER BY ingester
TTL toDateTime(intDiv(seen_ns, 1000000000)) + INTERVAL 7 DAY
{{settings}};

CREATE TABLE IF NOT EXISTS {{table handovers}} {{on_cluster}}
(
    process       UInt64,
    requested_ns  Int64,
    ingester      String   COMMENT 'that has the stream now and wants the rest to be stored or dropped'
)
ENGINE = {{engine ReplacingMergeTree(requested_ns)}}
ORDER BY process
TTL toDateTime(intDiv(requested_ns, 1000000000)) + INTERVAL 1 DAY
{{settings}};

{{distributed handovers BY cityHash64(process)}};
