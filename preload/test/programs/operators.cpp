// Allocates by operator new in all its forms, which allocators define for themselves. Prints: allocations, frees,
// bytes.
#include <cstdio>
#include <cstdlib>
#include <new>

struct alignas(64) Wide {
  char data[192];
};

static void *volatile sink;
static unsigned long allocations, frees, bytes;

template <typename T> static T *took(T *block, unsigned long size) {
  sink = block;
  allocations++;
  bytes += size;
  return block;
}

__attribute__((noinline)) static void arrays() {
  for (int i = 0; i < 1000; i++) {
    char *block = took(new char[300 + i], 300 + i);
    if (i % 2)
      delete[] block, frees++;
  }
}

__attribute__((noinline)) static void objects() {
  for (int i = 0; i < 500; i++) {
    delete took(new long(i), sizeof(long)), frees++;
    delete took(new Wide, sizeof(Wide)), frees++;
    operator delete(took(operator new(500, std::nothrow), 500)), frees++;
  }
}

__attribute__((noinline)) static unsigned thrown() {
  try {
    sink = operator new(static_cast<std::size_t>(1) << 62);
  } catch (const std::bad_alloc &) {
    return 1;
  }
  return 0;
}

int main(int argc, char **) {
  arrays();
  objects();
  if (argc > 1 && thrown() != 1)
    return 3;
  for (int i = 0; i < 100; i++)
    free(took(malloc(5000 + i), 5000 + i)), frees++;
  std::printf("%lu %lu %lu\n", allocations, frees, bytes);
}
