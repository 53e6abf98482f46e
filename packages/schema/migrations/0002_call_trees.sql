-- The call tree of a process: a stack is one of its nodes and the nodes above. A flame graph adds up along it instead of
-- reading every frame of every stack.
CREATE TABLE IF NOT EXISTS {{table process_nodes}} {{on_cluster}}
(
    process  UInt64   CODEC(ZSTD(1)),
    node     UInt32   COMMENT 'number within the process; greater than its parent''s' CODEC(Delta, ZSTD(1)),
    parent   UInt32   COMMENT 'the calling node, 0 above the outermost frame' CODEC(T64, ZSTD(1)),
    frame    UInt64   CODEC(ZSTD(1))
)
ENGINE = {{engine ReplacingMergeTree}}
ORDER BY (process, node)
{{settings}};

{{distributed process_nodes BY cityHash64(process)}};

{{alter process_stacks ADD COLUMN IF NOT EXISTS node UInt32 COMMENT 'innermost node in process_nodes; 0: recorded by an older version, or a stack without frames'}};
