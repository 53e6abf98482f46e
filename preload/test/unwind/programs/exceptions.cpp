// Virtual calls, containers, exceptions in flight, thrown again and caught while another one is under way; in four
// threads.
#include "touch.h"
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct Animal {
  virtual ~Animal() {
    touch(3);
  }
  virtual int speak(int depth) = 0;
};
struct Cat : Animal {
  std::string name = "a name longer than the buffer inside";
  NOINLINE int speak(int depth) override {
    std::vector<int> lives(static_cast<size_t>(depth) + 1);
    touch(lives.size());
    return static_cast<int>(lives.size());
  }
  ~Cat() override {
    touch(8);
  }
};
struct Pack : Animal {
  std::unique_ptr<Animal> leader{new Cat};
  NOINLINE int speak(int depth) override {
    touch(static_cast<size_t>(depth));
    return depth > 0 ? speak(depth - 1) + leader->speak(depth) : leader->speak(1);
  }
};

// Its destructor runs while an exception is in flight, and throws and catches one of its own.
struct Guard {
  int number;
  ~Guard() {
    touch(static_cast<size_t>(number));
    try {
      if (number > 2)
        throw number;
    } catch (int caught) {
      touch(static_cast<size_t>(caught));
    }
  }
};

static NOINLINE int fall(int depth) {
  Guard guard{depth};
  std::string padding(static_cast<size_t>(depth) * 10 + 20, 'x');
  touch(padding.size());
  if (depth == 0)
    throw std::runtime_error("a message that is long enough to be allocated");
  int below = fall(depth - 1);
  touch(1);
  return below + static_cast<int>(padding.size());
}

static NOINLINE int again(int depth) {
  try {
    return fall(depth);
  } catch (...) {
    touch(5);
    throw;
  }
}

static NOINLINE int catcher(int depth) {
  try {
    return again(depth);
  } catch (std::exception &error) {
    touch(4);
    std::string copy(error.what());
    try {
      again(1);
    } catch (...) {
      touch(6);
      try {
        throw;
      } catch (std::exception &) {
        touch(7);
      }
    }
    return static_cast<int>(copy.size());
  }
}

static void all() {
  for (int round = 0; round < 10; round++) {
    Pack pack;
    pack.speak(5);
    catcher(12);
    catcher(2 + round % 5);
    std::map<std::string, std::function<int(int)>> table;
    for (int i = 0; i < 20; i++)
      table["a key that is not short " + std::to_string(i * i)] = [i](int x) {
        touch(static_cast<size_t>(i));
        return x + i;
      };
    for (auto &entry : table)
      touch_count = touch_count + entry.second(3);
  }
}

int main() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; i++)
    threads.emplace_back(all);
  all();
  for (auto &thread : threads)
    thread.join();
  std::puts("ok");
  return 0;
}
