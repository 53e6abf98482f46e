// A service with a leak: every order is parsed, and one in a hundred stays in a
// list that nobody empties.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

volatile std::sig_atomic_t told_to_end;

struct Order {
  std::string customer;
  std::vector<int> items;
};

std::vector<std::unique_ptr<Order>> forgotten;

[[gnu::noinline]] std::unique_ptr<Order> parse_order(int number) {
  auto order = std::make_unique<Order>();
  order->customer =
      "customer " + std::to_string(number) + " of the shop with the long name";
  for (int i = 0; i < 16; i++)
    order->items.push_back(number * i);
  return order;
}

[[gnu::noinline]] void handle_order(int number) {
  auto order = parse_order(number);
  if (number % 100 == 0)
    forgotten.push_back(std::move(order));
}

} // namespace

int main() {
  std::signal(SIGTERM, [](int) { told_to_end = 1; });
  std::puts("serving");
  std::fflush(stdout);
  for (int number = 0; !told_to_end; number++) {
    handle_order(number);
    if (number % 50 == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return 0;
}
