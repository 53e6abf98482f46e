# The compiler driver starts compiler, assembler and linker; what comes out is the same to the byte.
cat >source.cpp <<'S'
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>
template <int N> struct sum { static constexpr long value = N + sum<N - 1>::value; };
template <> struct sum<0> { static constexpr long value = 0; };
int main() {
  std::map<std::string, std::vector<long>> by_name;
  for (long i = 0; i < 50; i++) by_name["k" + std::to_string(i % 7)].push_back(i);
  for (auto &[name, values] : by_name) std::cout << name << values.size() << ' ';
  std::cout << sum<200>::value << '\n';
}
S
"$@" g++ -std=c++17 -O1 -Wl,--build-id=none source.cpp -o product
echo "exit code $?"
sha256sum <product
./product
echo 'int main() { return undeclared; }' >wrong.cpp
"$@" g++ wrong.cpp -o wrong
echo "exit code $?"
