// A workload for benchmarks: maps, lists and strings of C++ that grow and shrink, with an exception now and then.
#include <cstdio>
#include <cstdlib>
#include <list>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

__attribute__((noinline)) size_t round_of_work(int round) {
  std::map<int, std::string> tree;
  std::unordered_map<std::string, std::vector<int>> index;
  std::list<std::string> queue;
  for (int i = 0; i < 400; i++) {
    std::string key = "key number " + std::to_string(round * 31 + i) + " with a tail beyond the small buffer";
    tree[i * 7 % 401] = key;
    index[key].push_back(i);
    queue.push_back(std::move(key));
    if (queue.size() > 100) queue.pop_front();
  }
  if (round % 10 == 0) throw std::runtime_error("every tenth round ends early, with a message on the heap");
  return tree.size() + index.size() + queue.size();
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 1500;
  size_t sum = 0;
  for (int round = 0; round < rounds; round++) {
    try {
      sum += round_of_work(round);
    } catch (const std::runtime_error& error) {
      sum += std::string(error.what()).size();
    }
  }
  std::printf("%zu\n", sum);
}
