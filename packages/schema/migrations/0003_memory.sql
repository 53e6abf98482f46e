-- What the address space and the allocators are doing beside single allocations. Rows of one block may come twice: the newest
-- insert of a key counts, and both say the same.

CREATE TABLE IF NOT EXISTS {{table memory_samples}} {{on_cluster}}
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
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, time_ns)
{{settings}};

{{distributed memory_samples BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS {{table memory_calls}} {{on_cluster}}
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
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, block, number)
{{settings}};

{{distributed memory_calls BY cityHash64(process)}};

-- The kernel's list of mappings, one row per mapping and sample.
CREATE TABLE IF NOT EXISTS {{table mappings}} {{on_cluster}}
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
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, time_ns, start)
{{settings}};

{{distributed mappings BY cityHash64(process)}};

CREATE TABLE IF NOT EXISTS {{table allocators}} {{on_cluster}}
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
ENGINE = {{engine ReplacingMergeTree(block)}}
ORDER BY (process, number)
{{settings}};

{{distributed allocators BY cityHash64(process)}};

-- What allocators say of themselves. 0 where they do not say.
CREATE TABLE IF NOT EXISTS {{table allocator_samples}} {{on_cluster}}
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
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, allocator, time_ns)
{{settings}};

{{distributed allocator_samples BY cityHash64(process)}};
