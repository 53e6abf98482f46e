/* Static probes for tracers (USDT), as OpenTelemetry names them for memory profiles: otel_memory:alloc(address, bytes,
 * weighted bytes) and otel_memory:free(address), of sampled blocks. Without a tracer each is a nop. */
#ifndef HH_PROBES_H
#define HH_PROBES_H
#include "common.h"

void hh_probe_alloc(const void *block, size_t size, size_t weighted_bytes);
void hh_probe_free(const void *block);
#endif
