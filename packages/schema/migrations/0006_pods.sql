-- What Kubernetes says of pods, beside what arrives from them: who asked for profiles, who got the library, who reports, and how
-- containers ended. The injector's leader writes it through the ingester.

-- A container of a pod that somebody asked profiles of; container '' stands for the pod as a whole.
CREATE TABLE IF NOT EXISTS {{table pods}} {{on_cluster}}
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
ENGINE = {{engine ReplacingMergeTree(updated_ns)}}
ORDER BY (pod_uid, container)
TTL toDateTime(intDiv(updated_ns, 1000000000)) + INTERVAL 7 DAY
{{settings}};

{{distributed pods BY cityHash64(pod_uid)}};

-- One run of a container that is over. Times are the kubelet's, in whole seconds.
CREATE TABLE IF NOT EXISTS {{table container_ends}} {{on_cluster}}
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
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (pod_uid, container, started_ns)
TTL toDateTime(intDiv(finished_ns, 1000000000)) + INTERVAL 30 DAY
{{settings}};

{{distributed container_ends BY cityHash64(pod_uid)}};
