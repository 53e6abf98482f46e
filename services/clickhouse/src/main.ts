// The engine's calls block a thread of libuv's pool each, so the pool must be larger than the number of queries that run
// at once, with room for file system calls beside them. Its size is read when it is first used: set it before that.
const MAX_QUERIES = Number(process.env.HEAPHOUND_CLICKHOUSE_MAX_QUERIES ?? "") || 32;
process.env.UV_THREADPOOL_SIZE ??= String(MAX_QUERIES + 16);

const { run } = await import("./run.js");
await run();
export {};
