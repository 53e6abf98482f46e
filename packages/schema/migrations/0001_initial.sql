-- Templates, rendered by packages/schema (golden/ holds both renderings):
--   {{table NAME}}                 the table that holds rows: NAME on one server, NAME_local on each server of a cluster
--   {{distributed NAME BY EXPR}}   nothing on one server; in a cluster the table NAME that spans the shards, rows placed by EXPR
--   {{engine KIND(ARGS)}}          KIND(ARGS), or its Replicated form within a shard
--   {{engine_everywhere KIND}}     the same, replicated to every server of every shard: what all of them join with
--   {{on_cluster}}, {{settings}}   ON CLUSTER; deduplication windows
-- Statements end with `;` at a line's end. Each must be safe to run twice, and by two programs at once.
--
-- Rows of one process lie in one shard, so whatever joins by process joins within the shard. Writers and readers use the
-- plain names in both renderings.
--
-- Keys: a process is a random 64-bit key of one run of one process (text form: 16 hex digits). Stacks, threads and
-- allocations have numbers within their process. A frame is a 64-bit hash of (build id, offset), the same in every process;
-- a stack id is a 128-bit hash of its frames. Times are nanoseconds since the Unix epoch, sizes are bytes.

CREATE TABLE IF NOT EXISTS {{table processes}} {{on_cluster}}
(
    process          UInt64                   COMMENT 'random key of this run',
    updated_ns       Int64                    COMMENT 'the newest row of a process counts',
    started_ns       Int64,
    ended_ns         Int64                    COMMENT '0 while it runs; set by Goodbye, or by the ingester when the stream stays away',
    end_reason       LowCardinality(String)   COMMENT 'empty, exit, stopped, fatal_signal, exec, lost, imported',
    last_seen_ns     Int64,
    parent_process   UInt64,
    pid              UInt32,
    parent_pid       UInt32,
    executable       String,
    arguments        Array(String),
    hostname         LowCardinality(String),
    namespace        LowCardinality(String),
    pod              String,
    pod_uid          String,
    container        LowCardinality(String),
    node             LowCardinality(String),
    workload         LowCardinality(String)   COMMENT 'owner of the pod, filled by the controller',
    architecture     LowCardinality(String),
    libc             LowCardinality(String),
    allocator        LowCardinality(String),
    page_size        UInt32,
    preload_version  LowCardinality(String),
    mode             LowCardinality(String),
    free_stacks      Bool
)
ENGINE = {{engine ReplacingMergeTree(updated_ns)}}
ORDER BY process
{{settings}};

{{distributed processes BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS {{table modules}} {{on_cluster}}
(
    process     UInt64,
    number      UInt32,
    build_id    String                 COMMENT 'hex; path: and the path when the file has none',
    path        String,
    load_bias   UInt64,
    start       UInt64                 COMMENT 'lowest executable address',
    end         UInt64,
    file_size   UInt64,
    first_node  UInt32
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, number)
{{settings}};

{{distributed modules BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS {{table threads}} {{on_cluster}}
(
    process  UInt64,
    thread   UInt32                    COMMENT 'number within the process',
    tid      UInt32,
    name     LowCardinality(String),
    block    UInt32                    COMMENT 'the newest name counts'
)
ENGINE = {{engine ReplacingMergeTree(block)}}
ORDER BY (process, thread)
{{settings}};

{{distributed threads BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS frames {{on_cluster}}
(
    frame        UInt64                 COMMENT 'hash of build id and offset',
    build_id     LowCardinality(String),
    offset       UInt64                 COMMENT 'of the call, in the ELF file''s address space',
    module_path  LowCardinality(String)
)
ENGINE = {{engine_everywhere ReplacingMergeTree}}
ORDER BY frame
{{settings}};

-- One row per frame that has been looked up. Inlined calls innermost first; the last entry is the function that is really there.
CREATE TABLE IF NOT EXISTS symbols {{on_cluster}}
(
    frame       UInt64,
    version     UInt32                  COMMENT 'better information replaces: 1 symbol table, 2 debug information',
    functions   Array(String)           COMMENT 'demangled',
    files       Array(String)           COMMENT 'empty when unknown',
    lines       Array(UInt32)
)
ENGINE = {{engine_everywhere ReplacingMergeTree(version)}}
ORDER BY frame
{{settings}};

CREATE TABLE IF NOT EXISTS stacks {{on_cluster}}
(
    stack_id  FixedString(16)           COMMENT 'hash of the frames',
    frames    Array(UInt64)             COMMENT 'innermost first; 1 = cut here' CODEC(ZSTD(1))
)
ENGINE = {{engine_everywhere ReplacingMergeTree}}
ORDER BY stack_id
{{settings}};

CREATE TABLE IF NOT EXISTS {{table process_stacks}} {{on_cluster}}
(
    process   UInt64,
    stack     UInt32                    COMMENT 'number within the process; 0 (no row) = recorded without a stack',
    stack_id  FixedString(16),
    depth     UInt16
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, stack)
{{settings}};

{{distributed process_stacks BY cityHash64(process)}};

-- Complete when freed within their block; otherwise lifetime_ns = 0, freed = 0, and late_frees has the rest.
CREATE TABLE IF NOT EXISTS {{table allocations}} {{on_cluster}}
(
    process      UInt64   CODEC(ZSTD(1)),
    id           UInt64   COMMENT 'number of the allocation within the process, from 1' CODEC(DoubleDelta, ZSTD(1)),
    block        UInt32   COMMENT 'sequence of the wire block: what is stored already is not stored again' CODEC(ZSTD(1)),
    time_ns      Int64    CODEC(Delta, ZSTD(1)),
    lifetime_ns  UInt64   CODEC(T64, ZSTD(1)),
    freed        UInt8    COMMENT '1: lifetime_ns, free_thread, free_stack are known' CODEC(ZSTD(1)),
    address      UInt64   CODEC(T64, ZSTD(1)),
    size         UInt64   COMMENT 'requested bytes' CODEC(T64, ZSTD(1)),
    stack        UInt32   CODEC(T64, ZSTD(1)),
    thread       UInt32   CODEC(T64, ZSTD(1)),
    kind         UInt8    COMMENT '0 malloc, 1 calloc, 2 realloc, 3 aligned' CODEC(ZSTD(1)),
    realloc_of   UInt64   COMMENT 'id of the allocation that it replaced, 0 none or unknown' CODEC(ZSTD(1)),
    free_thread  UInt32   CODEC(T64, ZSTD(1)),
    free_stack   UInt32   CODEC(T64, ZSTD(1))
)
ENGINE = {{engine MergeTree}}
ORDER BY (process, id)
{{settings}};

{{distributed allocations BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS {{table late_frees}} {{on_cluster}}
(
    process      UInt64   CODEC(ZSTD(1)),
    id           UInt64   CODEC(Delta, ZSTD(1)),
    block        UInt32   COMMENT 'sequence of the wire block of the deallocation' CODEC(ZSTD(1)),
    time_ns      Int64    COMMENT 'of the deallocation' CODEC(Delta, ZSTD(1)),
    lifetime_ns  UInt64   CODEC(T64, ZSTD(1)),
    size         UInt64   CODEC(T64, ZSTD(1)),
    stack        UInt32   COMMENT 'of the allocation' CODEC(T64, ZSTD(1)),
    free_thread  UInt32   CODEC(T64, ZSTD(1)),
    free_stack   UInt32   CODEC(T64, ZSTD(1))
)
ENGINE = {{engine MergeTree}}
ORDER BY (process, block, id)
{{settings}};

{{distributed late_frees BY cityHash64(process)}};

-- One row per wire block, written after its other rows: exact totals kept by the sender.
CREATE TABLE IF NOT EXISTS {{table blocks}} {{on_cluster}}
(
    process             UInt64,
    block               UInt32,
    start_ns            Int64                COMMENT 'first event',
    end_ns              Int64                COMMENT 'last event',
    allocations         UInt32,
    frees               UInt32,
    allocated_bytes     UInt64,
    freed_bytes         UInt64,
    live_bytes          UInt64               COMMENT 'at the end',
    live_allocations    UInt64,
    peak_live_bytes     UInt64               COMMENT 'highest within the block',
    peak_ns             Int64,
    profiler_bytes      UInt64,
    sender_cpu_ns       UInt64,
    wire_bytes          UInt32,
    first_allocation    UInt64,
    resident_bytes      UInt64               COMMENT '0: not sampled in this block',
    anonymous_bytes     UInt64,
    cgroup_bytes        UInt64,
    cgroup_limit_bytes  UInt64,
    sampled_ns          Int64
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, block)
{{settings}};

{{distributed blocks BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS {{table losses}} {{on_cluster}}
(
    process  UInt64,
    block    UInt32,
    kind     LowCardinality(String)     COMMENT 'names of Loss.Kind in lower case; rejected_block from the ingester',
    count    UInt64,
    bytes    UInt64,
    detail   String
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, block, kind, detail)
{{settings}};

{{distributed losses BY cityHash64(process)}};

-- What each stack allocated and freed per second. Freed counts at the time of the deallocation, under the allocation's stack.
CREATE TABLE IF NOT EXISTS {{table usage}} {{on_cluster}}
(
    process          UInt64,
    second           UInt32,
    stack            UInt32,
    allocated_bytes  UInt64,
    allocations      UInt64,
    freed_bytes      UInt64,
    frees            UInt64,
    temporary_bytes  UInt64             COMMENT 'freed within 10 ms of their allocation, counted at the deallocation',
    temporaries      UInt64
)
ENGINE = {{engine SummingMergeTree((allocated_bytes, allocations, freed_bytes, frees, temporary_bytes, temporaries))}}
ORDER BY (process, second, stack)
{{settings}};

{{distributed usage BY cityHash64(process)}};

CREATE MATERIALIZED VIEW IF NOT EXISTS usage_from_allocations {{on_cluster}} TO {{table usage}} AS
SELECT process, second, stack,
       sum(a_bytes) AS allocated_bytes, sum(a) AS allocations, sum(f_bytes) AS freed_bytes, sum(f) AS frees,
       sum(t_bytes) AS temporary_bytes, sum(t) AS temporaries
FROM
(
    SELECT process, stack, toUInt32(intDiv(time_ns, 1000000000)) AS second,
           size AS a_bytes, 1 AS a, 0 AS f_bytes, 0 AS f, 0 AS t_bytes, 0 AS t
    FROM {{table allocations}}
    UNION ALL
    SELECT process, stack, toUInt32(intDiv(time_ns + lifetime_ns, 1000000000)) AS second,
           0 AS a_bytes, 0 AS a, size AS f_bytes, 1 AS f,
           if(lifetime_ns < 10000000, size, 0) AS t_bytes, lifetime_ns < 10000000 AS t
    FROM {{table allocations}} WHERE freed = 1
)
GROUP BY process, second, stack;

CREATE MATERIALIZED VIEW IF NOT EXISTS usage_from_late_frees {{on_cluster}} TO {{table usage}} AS
SELECT process, toUInt32(intDiv(time_ns, 1000000000)) AS second, stack,
       0 AS allocated_bytes, 0 AS allocations, sum(size) AS freed_bytes, count() AS frees,
       sumIf(size, lifetime_ns < 10000000) AS temporary_bytes, countIf(lifetime_ns < 10000000) AS temporaries
FROM {{table late_frees}}
GROUP BY process, second, stack;
