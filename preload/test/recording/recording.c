#include "recording.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

enum {
  CONTROL = 1,
  TIME,
  STACK,
  SIZE,
  ADDRESS,
  AGE,
  LATE,
  THREAD,
  KIND,
  FREE_STACK,
  BIG,
  ALLOCATION_SAMPLE,
  LATE_SAMPLE,
  CULLED,
  COLUMNS
};
enum { CLASSES = 1026 + 64, KEYS = 128 };

typedef struct bytes {
  const uint8_t *at, *end;
} bytes;

static void problem(recording *r, const char *format, ...) {
  va_list values;
  va_start(values, format);
  if (r->problems++ < REC_PROBLEMS) {
    fprintf(stderr, "recording, block %llu: ", (unsigned long long)r->blocks + 1);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
  }
  va_end(values);
}

static void *grown(void *array, uint64_t count, size_t size) {
  /* at powers of two */
  if (count & (count - 1))
    return array;
  return realloc(array, (count ? 2 * count : 1) * size);
}

static uint64_t fixed(recording *r, bytes *in, unsigned count) {
  uint64_t value = 0;
  if ((size_t)(in->end - in->at) < count) {
    problem(r, "a column ends early");
    return 0;
  }
  memcpy(&value, in->at, count);
  in->at += count;
  return value;
}

static uint64_t varint(recording *r, bytes *in) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    uint64_t byte = fixed(r, in, 1);
    value |= (byte & 127) << shift;
    if (!(byte & 128))
      return value;
  }
  problem(r, "a varint is too long");
  return value;
}

static int64_t unzigzag(uint64_t value) {
  return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

typedef struct field {
  uint32_t number;
  uint64_t value;
  bytes data;
} field;

static bool next_field(recording *r, bytes *in, field *out) {
  if (in->at >= in->end)
    return false;
  uint64_t tag = varint(r, in);
  out->number = (uint32_t)(tag >> 3);
  if ((tag & 7) == 0) {
    out->value = varint(r, in);
  } else if ((tag & 7) == 1) {
    out->value = fixed(r, in, 8);
  } else if ((tag & 7) == 2) {
    uint64_t length = varint(r, in);
    if (length > (uint64_t)(in->end - in->at)) {
      problem(r, "a field is longer than its message");
      return false;
    }
    out->data = (bytes){in->at, in->at + length};
    in->at += length;
  } else {
    problem(r, "field %u has wire type %u", out->number, (unsigned)(tag & 7));
    return false;
  }
  return true;
}

typedef struct rec_unpacked {
  struct rec_unpacked *next;
  uint8_t data[];
} rec_unpacked;

static bytes unpacked(recording *r, bytes packed, uint64_t size) {
  rec_unpacked *room = malloc(sizeof *room + size + 1);
  room->next = r->unpacked;
  r->unpacked = room;
  uint8_t *data = room->data;
  if (ZSTD_decompress(data, size, packed.at, (size_t)(packed.end - packed.at)) != size)
    problem(r, "a column cannot be decompressed");
  return (bytes){data, data + size};
}

static void copy_text(char *out, size_t room, bytes text) {
  size_t length = (size_t)(text.end - text.at);
  if (length >= room)
    length = room - 1;
  memcpy(out, text.at, length);
  out[length] = 0;
}

/* ---- dictionary */

static void read_module(recording *r, bytes in) {
  uint64_t number = 0, bias = 0, start = 0, end = 0;
  char path[256] = "";
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      number = f.value;
    if (f.number == 2)
      copy_text(path, sizeof path, f.data);
    if (f.number == 4)
      bias = f.value;
    if (f.number == 5) {
      bytes range = f.data;
      uint64_t from = 0, size = 0;
      for (field g; next_field(r, &range, &g);)
        *(g.number == 1 ? &from : &size) = g.value;
      if (!start || from < start)
        start = from;
      if (from + size > end)
        end = from + size;
    }
  }
  if (number != r->module_count + 1)
    problem(r, "module %llu follows module %u", (unsigned long long)number, r->module_count);
  if (r->module_count < 256) {
    strcpy(r->module_path[r->module_count], path);
    r->module_start[r->module_count] = start;
    r->module_end[r->module_count] = end;
    r->module_bias[r->module_count] = bias;
  }
  r->module_count++;
}

static void read_thread(recording *r, bytes in) {
  uint64_t index = 0;
  char name[32] = "";
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      index = f.value;
    if (f.number == 3)
      copy_text(name, sizeof name, f.data);
  }
  if (index != r->thread_count + 1)
    problem(r, "thread %llu follows thread %u", (unsigned long long)index, r->thread_count);
  if (r->thread_count < 64)
    strcpy(r->thread_name[r->thread_count], name);
  r->thread_count++;
}

static void read_nodes(recording *r, bytes in, uint64_t first, uint64_t count) {
  if (count && first != r->node_count + 1)
    problem(r, "node %llu follows node %u", (unsigned long long)first, r->node_count);
  for (uint64_t i = 0; i < count; i++) {
    uint64_t id = (uint64_t)r->node_count + 1, back = varint(r, &in);
    if (back == 0 || back > id)
      problem(r, "node %llu has no parent", (unsigned long long)id);
    r->nodes = grown(r->nodes, id, sizeof *r->nodes);
    uint32_t parent = (uint32_t)(id - back);
    r->nodes[id].parent = parent;
    r->nodes[id].address = (parent ? r->nodes[parent].address : 0) + (uint64_t)unzigzag(varint(r, &in));
    r->node_count++;
  }
  if (in.at != in.end)
    problem(r, "bytes behind the last node");
}

static void read_stacks(recording *r, bytes in, uint64_t first, uint64_t count) {
  if (count && first != r->stack_count + 1)
    problem(r, "stack %llu follows stack %u", (unsigned long long)first, r->stack_count);
  int64_t node = 0;
  for (uint64_t i = 0; i < count; i++) {
    node += unzigzag(varint(r, &in));
    if (node < 1 || node > r->node_count)
      problem(r, "stack %u has node %lld of %u", r->stack_count + 1, (long long)node, r->node_count);
    r->stacks = grown(r->stacks, r->stack_count + 1, sizeof *r->stacks);
    r->stacks[++r->stack_count] = (uint32_t)node;
  }
}

static void read_dictionary(recording *r, bytes in) {
  r->dictionary_bytes += (uint64_t)(in.end - in.at);
  bytes nodes = {0}, stacks = {0};
  uint64_t value[12] = {0};
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      read_module(r, f.data);
    else if (f.number == 2)
      r->unload_count++;
    else if (f.number == 9)
      read_thread(r, f.data);
    else if (f.number == 5)
      nodes = f.data;
    else if (f.number == 8)
      stacks = f.data;
    else if (f.number < 12)
      value[f.number] = f.value;
  }
  if (value[10])
    nodes = unpacked(r, nodes, value[10]);
  if (value[11])
    stacks = unpacked(r, stacks, value[11]);
  read_nodes(r, nodes, value[3], value[4]);
  read_stacks(r, stacks, value[6], value[7]);
}

/* ---- events */

typedef struct class_state {
  uint64_t keys[KEYS], last;
  unsigned top, count;
  bool any;
} class_state;

typedef struct decoding {
  bytes column[COLUMNS];
  class_state classes[CLASSES];
  uint32_t *successor, *late_successor, *free_successor;
  uint64_t *size, *late_size;
  uint32_t previous, late_previous, free_previous;
  bool has_late_samples;
  uint64_t late_sample, late_sample_left;
  uint64_t previous_key, previous_size, first, ticks, late_number, late_ticks, thread, thread_left;
} decoding;

static unsigned class_of(uint64_t size) {
  return size <= 16384 ? (unsigned)((size + 7) >> 4) : 1026 + 63 - (unsigned)__builtin_clzll(size);
}

static void read_allocation(recording *r, decoding *d, unsigned control) {
  uint64_t number = r->allocation_count + 1;
  uint32_t stack = control & 2 ? d->successor[d->previous] : (uint32_t)fixed(r, &d->column[STACK], 3);
  if (stack > r->stack_count) {
    problem(r, "stack %u is not defined", stack);
    stack = 0;
  }
  d->successor[d->previous] = stack;
  d->previous = stack;
  uint64_t size = control & 4 ? d->size[stack] : fixed(r, &d->column[SIZE], 2);
  if (!(control & 4) && size == 65535)
    size = varint(r, &d->column[BIG]);
  d->size[stack] = size;
  class_state *class = &d->classes[class_of(size)];
  uint64_t key;
  if (control & 8) {
    if (!class->count)
      problem(r, "a predicted address, but no key");
    class->count--;
    key = class->keys[--class->top % KEYS];
  } else {
    uint64_t z = fixed(r, &d->column[ADDRESS], 3);
    if (z == 0xffffff)
      z = varint(r, &d->column[BIG]);
    if (z == 0)
      key = d->previous_key + (d->previous_size <= 24 ? 4 : (d->previous_size + 23) >> 4 << 1);
    else
      key = (class->any ? class->last : d->previous_key) + (uint64_t)unzigzag(z - 1);
  }
  class->any = true;
  class->last = d->previous_key = key;
  d->previous_size = size;
  r->allocations = grown(r->allocations, number, sizeof *r->allocations);
  r->allocations[number] =
      (rec_allocation){.key = key, .size = size, .ticks = d->ticks, .stack = stack, .thread = (uint32_t)d->thread};
  r->allocation_count = number;
  r->allocated_bytes += size;
}

static uint64_t read_late(recording *r, decoding *d) {
  unsigned flags = (unsigned)fixed(r, &d->column[LATE], 1);
  uint64_t x = flags & 64 ? varint(r, &d->column[BIG]) : fixed(r, &d->column[LATE], (flags & 3) + 1);
  uint64_t y = flags & 64 ? varint(r, &d->column[BIG]) : fixed(r, &d->column[LATE], (flags >> 2 & 3) + 1);
  d->late_number += (uint64_t)unzigzag(x);
  d->late_ticks += (uint64_t)unzigzag(y);
  uint32_t stack = flags & 16 ? (uint32_t)fixed(r, &d->column[LATE], 3) : d->late_successor[d->late_previous];
  d->late_successor[d->late_previous] = stack;
  d->late_previous = stack;
  uint64_t size = flags & 32 ? fixed(r, &d->column[LATE], 4) : d->late_size[stack];
  if (flags & 32 && size == 0xffffffff)
    size = varint(r, &d->column[BIG]);
  d->late_size[stack] = size;
  if (d->late_number < 1 || d->late_number >= d->first) {
    problem(r, "late free of allocation %llu", (unsigned long long)d->late_number);
    return 0;
  }
  const rec_allocation *is = &r->allocations[d->late_number];
  if (is->stack != stack || is->size != size || is->ticks != d->late_ticks)
    problem(r, "late free of %llu says stack %u size %llu ticks %llu, it has %u %llu %llu",
            (unsigned long long)d->late_number, stack, (unsigned long long)size, (unsigned long long)d->late_ticks,
            is->stack, (unsigned long long)is->size, (unsigned long long)is->ticks);
  if (d->has_late_samples) {
    if (!d->late_sample_left) {
      d->late_sample = varint(r, &d->column[LATE_SAMPLE]);
      d->late_sample_left = varint(r, &d->column[LATE_SAMPLE]);
    }
    d->late_sample_left--;
  }
  if (is->sample_bytes != d->late_sample)
    problem(r, "late free of %llu says interval %llu, it has %llu", (unsigned long long)d->late_number,
            (unsigned long long)d->late_sample, (unsigned long long)is->sample_bytes);
  r->late_frees++;
  return d->late_number;
}

static void read_free(recording *r, decoding *d, unsigned control) {
  unsigned code = control >> 1 & 7;
  uint64_t number;
  if (code == 7) {
    number = read_late(r, d);
  } else {
    uint64_t age = code ? code - 1 : fixed(r, &d->column[AGE], 2);
    number = r->allocation_count - age;
    if (age >= r->allocation_count || number < d->first) {
      problem(r, "age %llu leaves the block", (unsigned long long)age);
      return;
    }
    rec_allocation *is = &r->allocations[number];
    class_state *class = &d->classes[class_of(is->size)];
    class->keys[class->top++ % KEYS] = is->key;
    class->count += class->count < KEYS;
  }
  if (!number)
    return;
  rec_allocation *is = &r->allocations[number];
  if (is->freed)
    problem(r, "allocation %llu is freed twice", (unsigned long long)number);
  is->freed = true;
  is->freed_ticks = d->ticks;
  is->freed_thread = (uint32_t)d->thread;
  if (r->free_stacks) {
    uint64_t code_of_stack = varint(r, &d->column[FREE_STACK]);
    uint32_t stack = code_of_stack ? (uint32_t)code_of_stack - 1 : d->free_successor[d->free_previous];
    if (stack > r->stack_count) {
      problem(r, "free stack %u is not defined", stack);
      stack = 0;
    }
    d->free_successor[d->free_previous] = stack;
    d->free_previous = is->free_stack = stack;
  }
  r->frees++;
  r->freed_bytes += is->size;
}

static void read_kinds(recording *r, decoding *d) {
  uint64_t number = d->first;
  while (d->column[KIND].at < d->column[KIND].end) {
    number += varint(r, &d->column[KIND]);
    if (number > r->allocation_count) {
      problem(r, "a kind for an allocation that is not there");
      return;
    }
    rec_allocation *is = &r->allocations[number];
    is->kind = (uint8_t)fixed(r, &d->column[KIND], 1);
    if (is->kind == 2) {
      uint64_t back = varint(r, &d->column[KIND]);
      is->replaced = back ? number - back : 0;
      if (is->replaced && !r->allocations[is->replaced].freed)
        problem(r, "allocation %llu replaced a live one", (unsigned long long)number);
    } else if (is->kind == 3) {
      is->align_log2 = (uint8_t)fixed(r, &d->column[KIND], 1);
    } else if (is->kind != 1) {
      problem(r, "unknown kind %u", is->kind);
    }
    number++;
  }
}

static void read_samples(recording *r, decoding *d) {
  uint64_t number = d->first;
  bytes *in = &d->column[ALLOCATION_SAMPLE];
  if (in->at == in->end)
    return;
  while (in->at < in->end) {
    uint64_t sample_bytes = varint(r, in);
    for (uint64_t left = varint(r, in); left; left--, number++) {
      if (number > r->allocation_count) {
        problem(r, "a sampling interval for an allocation that is not there");
        return;
      }
      r->allocations[number].sample_bytes = sample_bytes;
    }
  }
  if (number != r->allocation_count + 1)
    problem(r, "sampling intervals end at allocation %llu", (unsigned long long)number - 1);
}

static void grow_culled(recording *r) {
  uint64_t room = r->stack_count + 1;
  if (room <= r->culled_room)
    return;
  r->culled = realloc(r->culled, 2 * room * sizeof *r->culled);
  memset(r->culled + r->culled_room, 0, (2 * room - r->culled_room) * sizeof *r->culled);
  r->culled_room = 2 * room;
}

static void read_culled(recording *r, decoding *d) {
  grow_culled(r);
  bytes *in = &d->column[CULLED];
  int64_t stack = 0;
  while (in->at < in->end) {
    stack += unzigzag(varint(r, in));
    if (stack < 0 || stack > r->stack_count) {
      problem(r, "culled: stack %lld is not defined", (long long)stack);
      return;
    }
    rec_culled *of = &r->culled[stack];
    uint64_t count = varint(r, in), size = varint(r, in), present = varint(r, in), left = count;
    for (unsigned i = 0; i < REC_LIFETIMES; i++) {
      if (!(present >> i & 1))
        continue;
      bool is_last = present >> i == 1;
      uint64_t part = is_last ? left : varint(r, in);
      if (part > left)
        problem(r, "culled: lifetimes of more blocks than there are");
      of->lifetimes[i] += part;
      left -= part;
    }
    if (left || present >> REC_LIFETIMES)
      problem(r, "culled: lifetimes of stack %lld", (long long)stack);
    of->count += count;
    of->bytes += size;
    r->culled_count += count;
    r->culled_bytes += size;
  }
}

static void read_counted(recording *r, bytes in) {
  r->live_bytes_variance = 0;
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 3)
      r->counted_allocations += f.value;
    if (f.number == 4)
      r->counted_deallocations += f.value;
    if (f.number == 7)
      memcpy(&r->live_bytes_variance, &f.value, sizeof r->live_bytes_variance);
  }
}

static void read_mode_change(recording *r, bytes in) {
  rec_mode_change *is = &r->mode_changes[r->mode_change_count++ % REC_NOTES];
  *is = (rec_mode_change){0};
  for (field f; next_field(r, &in, &f);)
    if (f.number <= 4)
      *(f.number == 1 ? &is->ticks : f.number == 2 ? &is->from : f.number == 3 ? &is->to : &is->why) = f.value;
}

static void read_marker(recording *r, bytes in) {
  rec_marker *is = &r->markers[r->marker_count++ % REC_NOTES];
  *is = (rec_marker){0};
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      is->ticks = f.value;
    if (f.number == 2)
      is->number = f.value;
    if (f.number == 3)
      copy_text(is->label, sizeof is->label, f.data);
  }
}

static void next_thread(recording *r, decoding *d) {
  if (d->thread_left == 0) {
    d->thread = varint(r, &d->column[THREAD]);
    d->thread_left = varint(r, &d->column[THREAD]);
    if (d->thread == 0 || d->thread > r->thread_count)
      problem(r, "thread %llu is not defined", (unsigned long long)d->thread);
  }
  d->thread_left--;
}

static void read_events(recording *r, decoding *d, uint64_t count) {
  for (uint64_t i = 0; i < count; i++) {
    unsigned control = (unsigned)fixed(r, &d->column[CONTROL], 1), delta = control >> 4;
    d->ticks += delta < 15 ? delta : (uint64_t)unzigzag(varint(r, &d->column[TIME]));
    next_thread(r, d);
    if (control & 1)
      read_allocation(r, d, control);
    else
      read_free(r, d, control);
  }
  r->events += count;
}

static void read_column(recording *r, decoding *d, bytes in) {
  uint64_t kind = 0, compression = 0, size = 0;
  bytes data = {0};
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      kind = f.value;
    if (f.number == 2)
      compression = f.value;
    if (f.number == 3)
      size = f.value;
    if (f.number == 4)
      data = f.data;
  }
  if (kind == 0 || kind >= COLUMNS) {
    problem(r, "column kind %llu", (unsigned long long)kind);
    return;
  }
  r->column_bytes[kind] += size;
  r->packed_bytes[kind] += (uint64_t)(data.end - data.at);
  d->column[kind] = compression ? unpacked(r, data, size) : data;
}

static void read_totals(recording *r, bytes in) {
  r->live_bytes = r->live_allocations = 0; /* zeros are not written */
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      r->live_bytes = f.value;
    if (f.number == 2)
      r->live_allocations = f.value;
    if (f.number == 3 && f.value > r->peak_live_bytes)
      r->peak_live_bytes = f.value;
    if (f.number == 7)
      r->profiler_bytes = f.value;
    if (f.number == 8)
      r->sender_cpu_ns = f.value;
  }
}

static void read_loss(recording *r, bytes in) {
  uint64_t kind = 0, count = 0;
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      kind = f.value;
    if (f.number == 2)
      count = f.value;
  }
  if (kind && kind < REC_LOSSES)
    r->losses[kind] += count;
}

static void read_call(recording *r, bytes in) {
  r->calls = grown(r->calls, r->call_count, sizeof *r->calls);
  rec_call *call = &r->calls[r->call_count++];
  *call = (rec_call){{0}};
  for (field f; next_field(r, &in, &f);)
    if (f.number < REC_CALL_FIELDS)
      call->field[f.number] = f.value;
  if (call->field[CALL_STACK] > r->stack_count)
    problem(r, "a call with stack %llu, which is not defined", (unsigned long long)call->field[CALL_STACK]);
}

static void read_mapping(recording *r, bytes in) {
  r->mappings = grown(r->mappings, r->mapping_count, sizeof *r->mappings);
  rec_mapping *is = &r->mappings[r->mapping_count++];
  memset(is, 0, sizeof *is);
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      is->start = f.value;
    if (f.number == 2)
      is->size = f.value;
    if (f.number == 3)
      copy_text(is->permissions, sizeof is->permissions, f.data);
    if (f.number == 4)
      copy_text(is->name, sizeof is->name, f.data);
    if (f.number == 6)
      is->resident_bytes = f.value;
    if (f.number == 9)
      is->anonymous_bytes = f.value;
  }
}

static void read_maps(recording *r, bytes in) {
  uint64_t count = 0, size = 0;
  bytes list = {0};
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 3)
      count = f.value;
    if (f.number == 4)
      list = f.data;
    if (f.number == 5)
      size = f.value;
  }
  if (size)
    list = unpacked(r, list, size);
  r->mapping_count = 0;
  for (field f; next_field(r, &list, &f);)
    read_mapping(r, f.data);
  r->map_samples++;
  if (r->mapping_count != count)
    problem(r, "%u mappings, %llu said", r->mapping_count, (unsigned long long)count);
}

static void read_allocator(recording *r, bytes in) {
  rec_allocator is = {.number = 0};
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      is.number = (uint32_t)f.value;
    if (f.number == 2)
      copy_text(is.name, sizeof is.name, f.data);
    if (f.number == 3)
      copy_text(is.module, sizeof is.module, f.data);
    if (f.number == 4)
      copy_text(is.version, sizeof is.version, f.data);
    if (f.number == 6)
      is.hooking = (uint32_t)f.value;
  }
  if (r->allocator_count < sizeof r->allocators / sizeof *r->allocators)
    r->allocators[r->allocator_count++] = is;
}

static void read_memory(recording *r, bytes in) {
  memset(r->memory, 0, sizeof r->memory);
  for (field f; next_field(r, &in, &f);)
    if (f.number < 12)
      r->memory[f.number] = f.value;
}

static void read_allocator_stats(recording *r, bytes in) {
  memset(r->allocator_stats, 0, sizeof r->allocator_stats);
  for (field f; next_field(r, &in, &f);)
    if (f.number < 10)
      r->allocator_stats[f.number] = f.value;
}

static uint64_t read_clock(recording *r, bytes in) {
  uint64_t base = 0;
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      base = f.value;
    if (f.number == 3)
      memcpy(&r->ns_per_tick, &f.value, sizeof r->ns_per_tick);
  }
  return base;
}

static void read_block(recording *r, bytes in) {
  static decoding d;
  memset(&d, 0, sizeof d);
  uint64_t value[5] = {0}, base = 0;
  bytes columns[64];
  unsigned column_count = 0;
  bytes dictionary = {0}, totals = {0};
  enum { MOST_CALLS = 2048 };
  static bytes calls[MOST_CALLS];
  unsigned call_count = 0;
  for (field f; next_field(r, &in, &f);) {
    if (f.number <= 4)
      value[f.number] = f.value;
    if (f.number == 5)
      base = read_clock(r, f.data);
    if (f.number == 6)
      dictionary = f.data;
    if (f.number == 7 && column_count < 64)
      columns[column_count++] = f.data;
    if (f.number == 8)
      totals = f.data;
    if (f.number == 9)
      read_loss(r, f.data);
    if (f.number == 11)
      read_mode_change(r, f.data);
    if (f.number == 12)
      read_marker(r, f.data);
    if (f.number == 13)
      read_counted(r, f.data);
    if (f.number == 10)
      read_memory(r, f.data);
    if (f.number == 20 && call_count < MOST_CALLS)
      calls[call_count++] = f.data;
    if (f.number == 21)
      read_maps(r, f.data);
    if (f.number == 22)
      read_allocator(r, f.data);
    if (f.number == 23)
      read_allocator_stats(r, f.data);
  }
  if (value[1] != r->blocks + 1)
    problem(r, "sequence %llu", (unsigned long long)value[1]);
  if (value[2] && value[4] != r->allocation_count + 1)
    problem(r, "first allocation %llu after %llu", (unsigned long long)value[4],
            (unsigned long long)r->allocation_count);
  read_dictionary(r, dictionary);
  for (unsigned i = 0; i < call_count; i++)
    read_call(r, calls[i]);
  for (unsigned i = 0; i < column_count; i++)
    read_column(r, &d, columns[i]);
  size_t stacks = r->stack_count + 1;
  d.successor = calloc(stacks, sizeof *d.successor);
  d.late_successor = calloc(stacks, sizeof *d.late_successor);
  d.free_successor = calloc(stacks, sizeof *d.free_successor);
  d.size = calloc(stacks, sizeof *d.size);
  d.late_size = calloc(stacks, sizeof *d.late_size);
  d.first = d.late_number = value[4];
  d.ticks = d.late_ticks = base;
  uint64_t allocations = r->allocation_count;
  d.has_late_samples = d.column[LATE_SAMPLE].at != d.column[LATE_SAMPLE].end;
  read_events(r, &d, value[2]);
  read_kinds(r, &d);
  read_samples(r, &d);
  read_culled(r, &d);
  if (r->allocation_count - allocations != value[3])
    problem(r, "allocation_count is %llu", (unsigned long long)value[3]);
  for (int kind = CONTROL; kind < COLUMNS; kind++)
    if (d.column[kind].at != d.column[kind].end)
      problem(r, "column %d has %zd bytes too many", kind, d.column[kind].end - d.column[kind].at);
  read_totals(r, totals);
  free(d.successor);
  free(d.late_successor);
  free(d.free_successor);
  free(d.size);
  free(d.late_size);
  r->blocks++;
}

static void read_hello(recording *r, bytes in) {
  r->has_hello = true;
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 2)
      r->process = f.value;
    if (f.number == 3)
      r->parent_process = f.value;
    if (f.number == 7)
      copy_text(r->executable, sizeof r->executable, f.data);
    if (f.number == 11)
      copy_text(r->libc, sizeof r->libc, f.data);
    if (f.number == 14)
      r->mode = (uint32_t)f.value;
    if (f.number == 15)
      r->free_stacks = f.value;
    if (f.number == 18)
      copy_text(r->allocator, sizeof r->allocator, f.data);
  }
}

static void read_message(recording *r, bytes in) {
  for (field f; next_field(r, &in, &f);) {
    if (f.number == 1)
      read_hello(r, f.data);
    else if (f.number == 2)
      read_dictionary(r, f.data);
    else if (f.number == 3)
      read_block(r, f.data);
    else if (f.number == 5) {
      r->has_goodbye = true;
      for (field g; next_field(r, &f.data, &g);)
        if (g.number == 3)
          r->goodbye_reason = (uint32_t)g.value;
    }
  }
}

recording *recording_begin(void) {
  return calloc(1, sizeof(recording));
}

/* Once its columns are read nothing of them is needed. */
static void free_unpacked(recording *r) {
  while (r->unpacked) {
    rec_unpacked *next = r->unpacked->next;
    free(r->unpacked);
    r->unpacked = next;
  }
}

void recording_message(recording *r, const uint8_t *message, size_t size) {
  read_message(r, (bytes){message, message + size});
  free_unpacked(r);
}

void recording_free(recording *r) {
  free(r->allocations);
  free(r->nodes);
  free(r->stacks);
  free(r->calls);
  free(r->mappings);
  free(r->culled);
  free(r);
}

recording *recording_read(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    fprintf(stderr, "no recording %s\n", path);
    return NULL;
  }
  recording *r = recording_begin();
  uint8_t header[8];
  if (fread(header, 1, 8, file) != 8 || memcmp(header, "HEAPHND1", 8) != 0)
    problem(r, "it does not start with HEAPHND1");
  while (fread(header, 1, 5, file) == 5) {
    size_t size = (size_t)header[1] << 24 | (size_t)header[2] << 16 | (size_t)header[3] << 8 | header[4];
    uint8_t *message = malloc(size);
    if (fread(message, 1, size, file) == size)
      recording_message(r, message, size);
    free(message);
  }
  r->file_bytes = (uint64_t)ftell(file);
  fclose(file);
  return r;
}
