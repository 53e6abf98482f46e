// A large translation unit for cc1plus: most of the standard library, and templates that it must instantiate.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

#ifndef LEVELS
#define LEVELS 24
#endif

template <int N>
struct Chain {
  std::map<std::string, std::vector<std::tuple<int, double, std::string>>> table;
  std::variant<int, std::string, std::vector<Chain<N - 1>>> next;
  std::string print() const {
    std::ostringstream out;
    for (const auto& [key, rows] : table)
      for (const auto& [a, b, c] : rows) out << key << a << b << c << N;
    if (const auto* chain = std::get_if<std::vector<Chain<N - 1>>>(&next))
      for (const auto& each : *chain) out << each.print();
    return out.str();
  }
};

template <>
struct Chain<0> {
  std::string print() const { return "end"; }
};

std::string everything(const std::string& text) {
  std::regex words("([a-z]+)-([0-9]+)");
  std::unordered_map<std::string, std::function<int(int)>> functions{{"double", [](int x) { return 2 * x; }}};
  std::vector<int> numbers(100);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937(7));
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  return Chain<LEVELS>{}.print() + std::regex_replace(text, words, "$2-$1") + std::to_string(functions.at("double")(numbers.front()));
}
