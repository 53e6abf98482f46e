#include "compress.h"

#include <errno.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "arena.h"

enum { LEVEL = 1, SMALLEST = 64, LARGEST = 4 << 20 };
/* A column is seldom longer; the window need not be wider for the few that are. */
enum { TYPICAL = 256 << 10 };

static ZSTD_CCtx *context;
static uint8_t *out;
static size_t out_bytes;

static void *workspace;
static size_t workspace_bytes;
static ZSTD_compressionParameters parameters;

void hh_compress_clear(void) {
  context = ZSTD_initStaticCCtx(workspace, workspace_bytes);
  if (!context)
    return;
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, (int)parameters.windowLog);
  ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, (int)parameters.hashLog);
  ZSTD_CCtx_setParameter(context, ZSTD_c_chainLog, (int)parameters.chainLog);
  ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, (int)parameters.minMatch);
  ZSTD_CCtx_setParameter(context, ZSTD_c_targetLength, (int)parameters.targetLength);
  ZSTD_CCtx_setParameter(context, ZSTD_c_strategy, (int)parameters.strategy);
}

int hh_compress_init(void) {
  parameters = ZSTD_getCParams(LEVEL, TYPICAL, 0);
  workspace_bytes = ZSTD_estimateCCtxSize_usingCParams(parameters) + (64 << 10);
  workspace = hh_pages(workspace_bytes, "heaphound compression");
  out_bytes = ZSTD_compressBound(LARGEST);
  out = hh_pages_reserve(out_bytes, "heaphound compression");
  if (!workspace || !out)
    return -ENOMEM;
  hh_compress_clear();
  return context ? 0 : -ENOMEM;
}

const uint8_t *hh_compress(const uint8_t *data, size_t bytes, size_t *compressed_bytes) {
  if (bytes < SMALLEST || bytes > LARGEST)
    return NULL;
  size_t size = ZSTD_compress2(context, out, out_bytes, data, bytes);
  if (ZSTD_isError(size) || size >= bytes)
    return NULL;
  *compressed_bytes = size;
  return out;
}
