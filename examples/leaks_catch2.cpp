// SPDX-License-Identifier: Apache-2.0
//
// Tests of Catch2 that fail where they leak. heaptap run -- ./example_leaks_catch2
#define CATCH_CONFIG_MAIN  // In version 3, link Catch2::Catch2WithMain instead.
#include <heaptap/catch2.h>

#include <cstdlib>
#include <cstring>
#include <string>

TEST_CASE("a text is freed") {
  const std::string text(100, 'x');
  CHECK(text.size() == 100);
}

TEST_CASE("a copy") {
  char* const copy = strdup("of a text");
  CHECK(std::strlen(copy) == 9);
  SECTION("is freed") { std::free(copy); }
  SECTION("leaks") {}
}
