// SPDX-License-Identifier: Apache-2.0
//
// Test cases of Catch2, those that leak called "leaks …".
#define CATCH_CONFIG_MAIN
#include <heaptap/catch2.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

__attribute__((noinline)) void* parse(std::size_t bytes) { return std::malloc(bytes); }

struct Fixture {
  Fixture() : block(parse(10)) {}
  ~Fixture() { std::free(block); }
  void* block;
};

}  // namespace

TEST_CASE("leaks in its body") { CHECK(parse(100) != nullptr); }
TEST_CASE("leaks in a section") {
  void* const block = parse(30);
  SECTION("that frees") { std::free(block); }
  SECTION("that does not") { CHECK(block != nullptr); }
}
TEST_CASE("leaks nothing in its sections") {
  const std::vector<int> values(100, 1);
  SECTION("one") {
    SECTION("in it") { CHECK(values.size() == 100); }
  }
  SECTION("two") { CHECK(values[0] == 1); }
}
TEST_CASE("leaks deep in sections") {
  SECTION("outer") {
    SECTION("that frees") { std::free(parse(40)); }
    SECTION("inner \"quoted\"") { CHECK(parse(40) != nullptr); }
  }
  SECTION("behind it") { std::free(parse(40)); }
}
TEST_CASE("frees all") { std::free(parse(10)); }
TEST_CASE("keeps a cache") {
  static std::map<int, std::string> cache;
  cache[1] = std::string(100, 'x');
  CHECK(cache.size() == 1);
}
TEST_CASE_METHOD(Fixture, "frees with its fixture") { CHECK(block != nullptr); }
TEST_CASE("fails, and is not asked") { CHECK(parse(20) == nullptr); }
