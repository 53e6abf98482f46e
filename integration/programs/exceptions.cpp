// Four threads that fill containers and throw exceptions through them. The sum that it prints depends on every one.
#include <cstdint>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Refused : std::runtime_error {
  explicit Refused(int value) : std::runtime_error("refused: a message that does not fit the small string buffer"), value(value) {}
  int value;
};

__attribute__((noinline)) int checked(int value, const std::string& name) {
  std::vector<std::string> notes{name, name + " again, in a string of its own on the heap"};
  if (value % 7 == 0) throw Refused(value);
  return static_cast<int>(notes.back().size()) + value;
}

__attribute__((noinline)) int guarded(int value) {
  std::map<int, std::string> table;
  for (int i = 0; i < 5; i++) table[i] = "entry number " + std::to_string(value + i) + " of the table";
  return checked(value, table[value % 5]);
}

uint64_t work(int seed, int rounds) {
  uint64_t sum = 0;
  for (int i = 0; i < rounds; i++) {
    try {
      sum += static_cast<uint64_t>(guarded(seed + i));
    } catch (const Refused& refused) {
      sum += static_cast<uint64_t>(refused.value) * 3;
    }
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 20000;
  std::vector<uint64_t> sums(4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) threads.emplace_back([&sums, t, rounds] { sums[static_cast<size_t>(t)] = work(t * 1000, rounds); });
  for (auto& thread : threads) thread.join();
  uint64_t total = 0;
  for (uint64_t sum : sums) total += sum;
  std::printf("%llu\n", static_cast<unsigned long long>(total));
  return 3;
}
