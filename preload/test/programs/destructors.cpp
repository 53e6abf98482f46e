// What static objects hold is freed after main: such blocks are no leaks. One block is.
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

namespace {

struct Holder {
  std::map<int, std::string> texts;
  Holder() {
    for (int i = 0; i < 50; i++)
      texts[i] = std::string(100, 'x');
  }
};

Holder before_main;
thread_local std::unique_ptr<std::string> of_thread;
void *volatile leaked;

} // namespace

int main() {
  static Holder in_main;
  of_thread = std::make_unique<std::string>(200, 'y');
  leaked = std::malloc(12345);
  return static_cast<int>(in_main.texts.size() - before_main.texts.size());
}
