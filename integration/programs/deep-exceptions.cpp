// Exceptions that cross twelve frames, each with a block to free on the way; every frame allocates before and after. A profiler
// that leaves its marks on the stack does not survive this.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct Deep : std::exception {
  explicit Deep(int depth) : depth(depth), detail(std::to_string(depth) + std::string(60, '.')) {}
  int depth;
  std::string detail;
};

template <int Level>
__attribute__((noinline)) int descend(int round) {
  auto block = std::make_unique<char[]>(static_cast<size_t>(32 + Level));
  block[0] = static_cast<char>(round);
  int result;
  if constexpr (Level == 0) {
    if (round % 2 == 0) throw Deep(round);
    result = round;
  } else {
    result = descend<Level - 1>(round);
  }
  std::string after(static_cast<size_t>(40 + Level), 'x');
  return result + after[0] + block[0] % 2;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 50000;
  long sum = 0;
  for (int round = 0; round < rounds; round++) {
    try {
      sum += descend<12>(round);
    } catch (const Deep& deep) {
      sum += deep.depth + static_cast<long>(deep.detail.size());
    }
  }
  std::printf("%ld\n", sum);
  return 4;
}
