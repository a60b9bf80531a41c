// SPDX-License-Identifier: Apache-2.0
//
// Programs with known leaks in C, C++ and Rust, by every compiler and at every level: each leak by function,
// file and line, and the calls that the compiler has inlined.
#include <gmock/gmock.h>

#include "tests/e2e/leaks/leaky_program.h"

namespace heaptap::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

using Command = std::vector<std::string>;

/// `gcc -g -O2 -flto` as a test is called: gcc_O2_flto.
std::string nameOf(const Command& command) {
  std::string name;
  for (const std::string& word : command) {
    if (word == "-g" || word == "-C") continue;
    for (const char c : (name.empty() ? "" : "_") + word)
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') name += c == '+' ? 'x' : c;
  }
  return name;
}
std::string nameOfParameter(const testing::TestParamInfo<Command>& info) { return nameOf(info.param); }

/// Every level that the issue of leak reports names.
std::vector<Command> levelsOf(const std::string& gcc, const std::string& clang) {
  std::vector<Command> all;
  for (const std::string& compiler : {gcc, clang})
    for (const Command& level : {Command{"-O0"}, Command{"-O2"}, Command{"-O2", "-flto"}}) {
      Command command{compiler, "-g"};
      command.insert(command.end(), level.begin(), level.end());
      all.push_back(command);
    }
  return all;
}

// `take` is inlined at every level: into another inlined function, and that into one that is not.
constexpr const char* kC = R"(#include <stdlib.h>
#define INLINED static inline __attribute__((always_inline))
#define NOT_INLINED __attribute__((noinline))
struct node { struct node* next; char data[120]; };
static struct node* volatile list;
static char* volatile config;
INLINED void* take(size_t size) {
  return malloc(size);
}
INLINED struct node* makeNode(void) {
  struct node* node = take(sizeof(struct node));
  node->next = NULL;
  return node;
}
NOT_INLINED void remember(void) {
  struct node* node = makeNode();
  node->next = list;
  list = node;
}
NOT_INLINED void loadConfig(void) {
  config = calloc(1, 4000);
}
NOT_INLINED void work(void) {
  for (int i = 0; i < 100; ++i) {
    void* volatile used = malloc(50);
    free(used);
  }
}
int main(void) {
  loadConfig();
  for (int i = 0; i < 10; ++i)
    remember();
  work();
  list = NULL;
  config = NULL;
  return 0;
}
)";

class GoldenC : public testing::TestWithParam<Command> {};

TEST_P(GoldenC, LeaksWhereItSays) {
  const LeakyProgram program(kC, GetParam(), "c");
  const auto report = program.report();
  EXPECT_THAT(leaksIn(report), UnorderedElementsAre("take 10", "loadConfig 1"));
  const std::string file = (program.folder / "program.c").string();
  EXPECT_THAT(stackOfLeak(report, "take", file),
              ElementsAre("take 8 inlined", "makeNode 11 inlined", "remember 16", "main 32"));
  EXPECT_THAT(stackOfLeak(report, "loadConfig", file), ElementsAre("loadConfig 21", "main 30"));
}

INSTANTIATE_TEST_SUITE_P(By, GoldenC, testing::ValuesIn(levelsOf("gcc", "clang")), nameOfParameter);

// Templates, a lambda, and operators new of both kinds.
constexpr const char* kCxx = R"(#include <cstddef>
#include <vector>
#define NOT_INLINED __attribute__((noinline))
namespace shop {
struct Item { double price = 1; int count = 2; };
template <class T>
__attribute__((always_inline)) inline T* make() {
  return new T;
}
class Cart {
 public:
  NOT_INLINED void add() {
    last = make<Item>();
  }
  NOT_INLINED ~Cart() { last = nullptr; }
  Item* volatile last = nullptr;
};
NOT_INLINED char* buffer(std::size_t size) {
  return new char[size];
}
}
static char* volatile kept;
int main() {
  {
    shop::Cart cart;
    for (int i = 0; i < 5; ++i)
      cart.add();
  }
  const auto fill = [](std::size_t size) __attribute__((noinline)) {
    kept = shop::buffer(size);
  };
  fill(300);
  std::vector<int> freed(1000);
  kept = reinterpret_cast<char*>(freed.data());
  kept = nullptr;
}
)";

class GoldenCxx : public testing::TestWithParam<Command> {};

TEST_P(GoldenCxx, LeaksWhereItSays) {
  const LeakyProgram program(kCxx, GetParam());
  const auto report = program.report();
  const auto leaks = leaksIn(report);
  EXPECT_THAT(leaks, UnorderedElementsAre(testing::MatchesRegex("(shop::Item\\* )?shop::make<shop::Item> 5"),
                                          "shop::buffer 1"));
  const std::string file = (program.folder / "program.cpp").string();
  const std::string make = leaks.front().find("make") != std::string::npos ? leaks.front() : leaks.back();
  EXPECT_THAT(stackOfLeak(report, make.substr(0, make.rfind(' ')), file),
              ElementsAre(HasSubstr("shop::make<shop::Item> 8 inlined"), "shop::Cart::add 13", "main 27"));
  EXPECT_THAT(stackOfLeak(report, "shop::buffer", file),
              ElementsAre("shop::buffer 19", testing::MatchesRegex("main::(\\{lambda|\\$_0::operator 30).*"),
                          "main 32"));
}

INSTANTIATE_TEST_SUITE_P(By, GoldenCxx, testing::ValuesIn(levelsOf("g++", "clang++")), nameOfParameter);

constexpr const char* kRust = R"(struct Node { next: Option<&'static Node>, data: [u8; 120] }
#[inline(always)]
fn make_node(next: Option<&'static Node>) -> Box<Node> {
    Box::new(Node { next, data: [7; 120] })
}
#[inline(never)]
fn remember(next: Option<&'static Node>) -> &'static Node {
    Box::leak(make_node(next))
}
#[inline(never)]
fn load(size: usize) -> &'static mut [u64] {
    vec![size as u64; size].leak()
}
fn main() {
    let mut list = None;
    for _ in 0..10 {
        list = Some(remember(list));
    }
    let freed: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let sum = load(200)[7] + freed.len() as u64;
    println!("{} {}", sum, list.map_or(0, |node| node.data[3] as usize + node.next.iter().count()));
}
)";

class GoldenRust : public testing::TestWithParam<Command> {};

TEST_P(GoldenRust, LeaksWhereItSays) {
  const LeakyProgram program(kRust, GetParam(), "rs");
  const auto report = program.report();
  EXPECT_THAT(leaksIn(report), UnorderedElementsAre("program::make_node 10", "program::load 1"));
  const std::string file = (program.folder / "program.rs").string();
  EXPECT_THAT(stackOfLeak(report, "program::make_node", file),
              ElementsAre("program::make_node 4 inlined", "program::remember 8", "program::main 17"));
  EXPECT_THAT(stackOfLeak(report, "program::load", file),
              ElementsAre("program::load 12", "program::main 20"));
}

INSTANTIATE_TEST_SUITE_P(By, GoldenRust,
                         testing::Values(Command{"rustc", "-g", "-C", "opt-level=0"},
                                         Command{"rustc", "-g", "-C", "opt-level=2"},
                                         Command{"rustc", "-g", "-C", "opt-level=3"},
                                         Command{"rustc", "-g", "-C", "opt-level=2", "-C", "lto"}),
                         nameOfParameter);

}  // namespace
}  // namespace heaptap::test
