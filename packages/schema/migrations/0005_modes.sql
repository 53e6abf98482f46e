-- Recording modes: what was sampled, what was culled, and when the mode changed.

{{alter allocations ADD COLUMN IF NOT EXISTS sample_bytes UInt64 COMMENT 'mean bytes between samples when it was drawn, 0: recorded for certain; it stands for 1 / (1 - exp(-size / sample_bytes)) allocations' CODEC(T64, ZSTD(1))}};

{{alter late_frees ADD COLUMN IF NOT EXISTS sample_bytes UInt64 COMMENT 'of the allocation' CODEC(T64, ZSTD(1))}};

{{alter blocks ADD COLUMN IF NOT EXISTS all_allocations UInt64 DEFAULT allocations COMMENT 'that happened from totals_start_ns on: culled ones and those still held back included, estimated where sampled; allocations counts rows'}};
{{alter blocks ADD COLUMN IF NOT EXISTS all_frees UInt64 DEFAULT frees}};
{{alter blocks ADD COLUMN IF NOT EXISTS totals_start_ns Int64 DEFAULT start_ns COMMENT 'what the totals are about; events that were held back are older'}};
{{alter blocks ADD COLUMN IF NOT EXISTS culled UInt64 COMMENT 'allocations that only table culled counts'}};
{{alter blocks ADD COLUMN IF NOT EXISTS partial UInt8 COMMENT '1: rows are not all that happened'}};
{{alter blocks ADD COLUMN IF NOT EXISTS sampled UInt8 COMMENT '1: totals are estimates'}};
{{alter blocks ADD COLUMN IF NOT EXISTS live_bytes_deviation UInt64 COMMENT 'standard deviation of live_bytes'}};
{{alter blocks ADD COLUMN IF NOT EXISTS live_deviation UInt64 COMMENT 'of live_allocations'}};

-- What lived too shortly to be sent, stack by stack and block by block.
CREATE TABLE IF NOT EXISTS {{table culled}} {{on_cluster}}
(
    process      UInt64,
    block        UInt32,
    stack        UInt32,
    start_ns     Int64           COMMENT 'of the time that the counters are about' CODEC(Delta, ZSTD(1)),
    end_ns       Int64           CODEC(Delta, ZSTD(1)),
    allocations  UInt64          COMMENT 'and as many deallocations' CODEC(T64, ZSTD(1)),
    bytes        UInt64          CODEC(T64, ZSTD(1)),
    lifetimes    Array(UInt64)   COMMENT 'how many lived below 256 ns, then [2^(k+7), 2^(k+8)) ns; zeros at the end left out' CODEC(ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, block, stack)
{{settings}};

{{distributed culled BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS {{table mode_changes}} {{on_cluster}}
(
    process       UInt64,
    block         UInt32,
    place         UInt32                   COMMENT 'within the block',
    time_ns       Int64,
    from_mode     LowCardinality(String),
    to_mode       LowCardinality(String),
    why           LowCardinality(String)   COMMENT 'api, signal, settings, condition, budget',
    sample_bytes  UInt64
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, block, place)
{{settings}};

{{distributed mode_changes BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS {{table markers}} {{on_cluster}}
(
    process  UInt64,
    block    UInt32,
    place    UInt32   COMMENT 'within the block',
    time_ns  Int64,
    number   UInt32,
    label    String
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, block, place)
{{settings}};

{{distributed markers BY cityHash64(process)}};
