CREATE TABLE IF NOT EXISTS processes
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
ENGINE = ReplacingMergeTree(updated_ns)
ORDER BY process
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS modules
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
ENGINE = ReplacingMergeTree
ORDER BY (process, number)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS threads
(
    process  UInt64,
    thread   UInt32                    COMMENT 'number within the process',
    tid      UInt32,
    name     LowCardinality(String),
    block    UInt32                    COMMENT 'the newest name counts'
)
ENGINE = ReplacingMergeTree(block)
ORDER BY (process, thread)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS frames
(
    frame        UInt64                 COMMENT 'hash of build id and offset',
    build_id     LowCardinality(String),
    offset       UInt64                 COMMENT 'of the call, in the ELF file''s address space',
    module_path  LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY frame
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS symbols
(
    frame       UInt64,
    version     UInt32                  COMMENT 'better information replaces: 1 symbol table, 2 debug information',
    functions   Array(String)           COMMENT 'demangled',
    files       Array(String)           COMMENT 'empty when unknown',
    lines       Array(UInt32)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY frame
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS stacks
(
    stack_id  FixedString(16)           COMMENT 'hash of the frames',
    frames    Array(UInt64)             COMMENT 'innermost first; 1 = cut here' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY stack_id
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS process_stacks
(
    process   UInt64,
    stack     UInt32                    COMMENT 'number within the process; 0 (no row) = recorded without a stack',
    stack_id  FixedString(16),
    depth     UInt16
)
ENGINE = ReplacingMergeTree
ORDER BY (process, stack)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS allocations
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
ENGINE = MergeTree
ORDER BY (process, id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS late_frees
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
ENGINE = MergeTree
ORDER BY (process, block, id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS blocks
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
ENGINE = ReplacingMergeTree
ORDER BY (process, block)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS losses
(
    process  UInt64,
    block    UInt32,
    kind     LowCardinality(String)     COMMENT 'names of Loss.Kind in lower case; rejected_block from the ingester',
    count    UInt64,
    bytes    UInt64,
    detail   String
)
ENGINE = ReplacingMergeTree
ORDER BY (process, block, kind, detail)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS usage
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
ENGINE = SummingMergeTree((allocated_bytes, allocations, freed_bytes, frees, temporary_bytes, temporaries))
ORDER BY (process, second, stack)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS usage_from_allocations  TO usage AS
SELECT process, second, stack,
       sum(a_bytes) AS allocated_bytes, sum(a) AS allocations, sum(f_bytes) AS freed_bytes, sum(f) AS frees,
       sum(t_bytes) AS temporary_bytes, sum(t) AS temporaries
FROM
(
    SELECT process, stack, toUInt32(intDiv(time_ns, 1000000000)) AS second,
           size AS a_bytes, 1 AS a, 0 AS f_bytes, 0 AS f, 0 AS t_bytes, 0 AS t
    FROM allocations
    UNION ALL
    SELECT process, stack, toUInt32(intDiv(time_ns + lifetime_ns, 1000000000)) AS second,
           0 AS a_bytes, 0 AS a, size AS f_bytes, 1 AS f,
           if(lifetime_ns < 10000000, size, 0) AS t_bytes, lifetime_ns < 10000000 AS t
    FROM allocations WHERE freed = 1
)
GROUP BY process, second, stack;

CREATE MATERIALIZED VIEW IF NOT EXISTS usage_from_late_frees  TO usage AS
SELECT process, toUInt32(intDiv(time_ns, 1000000000)) AS second, stack,
       0 AS allocated_bytes, 0 AS allocations, sum(size) AS freed_bytes, count() AS frees,
       sumIf(size, lifetime_ns < 10000000) AS temporary_bytes, countIf(lifetime_ns < 10000000) AS temporaries
FROM late_frees
GROUP BY process, second, stack;

CREATE TABLE IF NOT EXISTS process_nodes
(
    process  UInt64   CODEC(ZSTD(1)),
    node     UInt32   COMMENT 'number within the process; greater than its parent''s' CODEC(Delta, ZSTD(1)),
    parent   UInt32   COMMENT 'the calling node, 0 above the outermost frame' CODEC(T64, ZSTD(1)),
    frame    UInt64   CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (process, node)
SETTINGS non_replicated_deduplication_window = 10000;

ALTER TABLE process_stacks ADD COLUMN IF NOT EXISTS node UInt32 COMMENT 'innermost node in process_nodes; 0: recorded by an older version, or a stack without frames';

CREATE TABLE IF NOT EXISTS memory_samples
(
    process             UInt64,
    time_ns             Int64    CODEC(Delta, ZSTD(1)),
    block               UInt32,
    resident_bytes      UInt64,
    anonymous_bytes     UInt64   COMMENT 'resident',
    file_bytes          UInt64   COMMENT 'resident, of mapped files',
    shared_bytes        UInt64   COMMENT 'resident, of shared memory',
    swap_bytes          UInt64,
    live_bytes          UInt64   COMMENT 'live blocks at the end of the wire block: anonymous memory beyond them is overhead and fragmentation',
    profiler_bytes      UInt64,
    cgroup_bytes        UInt64   COMMENT '0: unknown',
    cgroup_limit_bytes  UInt64   COMMENT '0: unknown or unlimited',
    cgroup_swap_bytes   UInt64,
    cgroup_oom          UInt64   COMMENT 'times that the limit was hit and reclaim failed, so far',
    cgroup_oom_kills    UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (process, time_ns)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS memory_calls
(
    process      UInt64,
    block        UInt32,
    number       UInt32                   COMMENT 'within the block',
    time_ns      Int64                    CODEC(Delta, ZSTD(1)),
    kind         LowCardinality(String)   COMMENT 'mmap, munmap, mremap, brk, mallopt',
    tid          UInt32,
    stack        UInt32                   COMMENT 'number within the process',
    address      UInt64,
    size         UInt64                   COMMENT 'as the program gave it; the kernel rounds up to pages',
    old_address  UInt64,
    old_size     UInt64,
    protection   UInt32,
    flags        UInt32,
    file_offset  UInt64,
    parameter    Int32                    COMMENT 'of mallopt',
    value        Int32,
    result       Int32
)
ENGINE = ReplacingMergeTree
ORDER BY (process, block, number)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS mappings
(
    process              UInt64,
    time_ns              Int64                    CODEC(Delta, ZSTD(1)),
    start                UInt64                   CODEC(Delta, ZSTD(1)),
    size                 UInt64                   CODEC(T64, ZSTD(1)),
    permissions          LowCardinality(String),
    name                 LowCardinality(String)   COMMENT 'path, [heap], [anon:NAME]; empty for anonymous memory',
    file_offset          UInt64,
    resident_bytes       UInt64                   CODEC(T64, ZSTD(1)),
    proportional_bytes   UInt64                   CODEC(T64, ZSTD(1)),
    private_dirty_bytes  UInt64                   CODEC(T64, ZSTD(1)),
    anonymous_bytes      UInt64                   CODEC(T64, ZSTD(1)),
    swap_bytes           UInt64                   CODEC(T64, ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (process, time_ns, start)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS allocators
(
    process  UInt64,
    number   UInt32                   COMMENT '0: what serves malloc',
    block    UInt32                   COMMENT 'the newest row counts',
    name     LowCardinality(String)   COMMENT 'glibc, musl, jemalloc, tcmalloc, mimalloc, or that of a pool',
    module   LowCardinality(String)   COMMENT 'path of the object that holds it',
    version  LowCardinality(String),
    prefix   LowCardinality(String)   COMMENT 'of its symbols',
    hooking  LowCardinality(String)   COMMENT 'interposed, imports, patched, refused, pool',
    reason   String                   COMMENT 'why its calls are not seen'
)
ENGINE = ReplacingMergeTree(block)
ORDER BY (process, number)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS allocator_samples
(
    process       UInt64,
    allocator     UInt32,
    time_ns       Int64    CODEC(Delta, ZSTD(1)),
    block         UInt32,
    in_use_bytes  UInt64   COMMENT 'handed out',
    free_bytes    UInt64   COMMENT 'kept for later',
    mapped_bytes  UInt64   COMMENT 'obtained from the kernel',
    arenas        UInt64,
    big_bytes     UInt64   COMMENT 'in blocks with mappings of their own',
    big_blocks    UInt64,
    top_bytes     UInt64   COMMENT 'at the end of the heap, could be given back'
)
ENGINE = ReplacingMergeTree
ORDER BY (process, allocator, time_ns)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS process_settings
(
    process       UInt64,
    requested_ns  Int64,
    mode          LowCardinality(String)   COMMENT 'exact, cull, sample, auto, dormant; empty: as it is',
    sample_bytes  UInt64                   COMMENT 'mean bytes between samples; 0: as it is',
    cull_ms       UInt64                   COMMENT 'what lives shorter is only counted; 0: as it is',
    stop          Bool                     COMMENT 'stop recording for good'
)
ENGINE = ReplacingMergeTree(requested_ns)
ORDER BY process
SETTINGS non_replicated_deduplication_window = 10000;

ALTER TABLE allocations ADD COLUMN IF NOT EXISTS sample_bytes UInt64 COMMENT 'mean bytes between samples when it was drawn, 0: recorded for certain; it stands for 1 / (1 - exp(-size / sample_bytes)) allocations' CODEC(T64, ZSTD(1));

ALTER TABLE late_frees ADD COLUMN IF NOT EXISTS sample_bytes UInt64 COMMENT 'of the allocation' CODEC(T64, ZSTD(1));

ALTER TABLE blocks ADD COLUMN IF NOT EXISTS all_allocations UInt64 DEFAULT allocations COMMENT 'that happened from totals_start_ns on: culled ones and those still held back included, estimated where sampled; allocations counts rows';

ALTER TABLE blocks ADD COLUMN IF NOT EXISTS all_frees UInt64 DEFAULT frees;

ALTER TABLE blocks ADD COLUMN IF NOT EXISTS totals_start_ns Int64 DEFAULT start_ns COMMENT 'what the totals are about; events that were held back are older';

ALTER TABLE blocks ADD COLUMN IF NOT EXISTS culled UInt64 COMMENT 'allocations that only table culled counts';

ALTER TABLE blocks ADD COLUMN IF NOT EXISTS partial UInt8 COMMENT '1: rows are not all that happened';

ALTER TABLE blocks ADD COLUMN IF NOT EXISTS sampled UInt8 COMMENT '1: totals are estimates';

ALTER TABLE blocks ADD COLUMN IF NOT EXISTS live_bytes_deviation UInt64 COMMENT 'standard deviation of live_bytes';

ALTER TABLE blocks ADD COLUMN IF NOT EXISTS live_deviation UInt64 COMMENT 'of live_allocations';

CREATE TABLE IF NOT EXISTS culled
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
ENGINE = ReplacingMergeTree
ORDER BY (process, block, stack)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS mode_changes
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
ENGINE = ReplacingMergeTree
ORDER BY (process, block, place)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS markers
(
    process  UInt64,
    block    UInt32,
    place    UInt32   COMMENT 'within the block',
    time_ns  Int64,
    number   UInt32,
    label    String
)
ENGINE = ReplacingMergeTree
ORDER BY (process, block, place)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS pods
(
    pod_uid         String,
    container       LowCardinality(String),
    updated_ns      Int64                           COMMENT 'the newest row counts; what was not renewed for a while is gone',
    namespace       LowCardinality(String),
    pod             String,
    workload        LowCardinality(String)          COMMENT 'Deployment/web',
    node            LowCardinality(String),
    phase           LowCardinality(String),
    created_ns      Int64,
    deleted         Bool,
    injected        Bool                            COMMENT 'the pod has the library',
    reporting       Bool                            COMMENT 'allocations of the container have arrived',
    codes           Array(LowCardinality(String))   COMMENT 'reason codes, the likeliest cause first',
    details         Array(String)                   COMMENT 'of each code',
    state           LowCardinality(String)          COMMENT 'waiting, running, terminated; empty: unknown',
    state_reason    LowCardinality(String),
    restarts        UInt32,
    limit_bytes     UInt64                          COMMENT 'memory limit of the container, 0: none',
    request_bytes   UInt64
)
ENGINE = ReplacingMergeTree(updated_ns)
ORDER BY (pod_uid, container)
TTL toDateTime(intDiv(updated_ns, 1000000000)) + INTERVAL 7 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS container_ends
(
    pod_uid      String,
    container    LowCardinality(String),
    started_ns   Int64,
    finished_ns  Int64,
    namespace    LowCardinality(String),
    pod          String,
    reason       LowCardinality(String)   COMMENT 'OOMKilled, Error, Completed, ...',
    exit_code    Int32,
    signal       Int32,
    restarts     UInt32                   COMMENT 'starts before this one, about: as many as were counted when it was seen',
    limit_bytes  UInt64                   COMMENT '0: none'
)
ENGINE = ReplacingMergeTree
ORDER BY (pod_uid, container, started_ns)
TTL toDateTime(intDiv(finished_ns, 1000000000)) + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000;

ALTER TABLE processes ADD COLUMN IF NOT EXISTS ingester LowCardinality(String) COMMENT 'that may hold blocks of it which are not stored yet; empty: none does';

CREATE TABLE IF NOT EXISTS ingesters
(
    ingester  String,
    seen_ns   Int64,
    stopped   Bool     COMMENT 'ended in good order: it holds nothing any more'
)
ENGINE = ReplacingMergeTree(seen_ns)
ORDER BY ingester
TTL toDateTime(intDiv(seen_ns, 1000000000)) + INTERVAL 7 DAY
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS handovers
(
    process       UInt64,
    requested_ns  Int64,
    ingester      String   COMMENT 'that has the stream now and wants the rest to be stored or dropped'
)
ENGINE = ReplacingMergeTree(requested_ns)
ORDER BY process
TTL toDateTime(intDiv(requested_ns, 1000000000)) + INTERVAL 1 DAY
SETTINGS non_replicated_deduplication_window = 10000;

ALTER TABLE blocks  ADD INDEX IF NOT EXISTS idx_end_ns end_ns TYPE minmax GRANULARITY 1;
