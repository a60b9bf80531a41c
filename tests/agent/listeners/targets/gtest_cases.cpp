// SPDX-License-Identifier: Apache-2.0
//
// Tests of GoogleTest, those that leak called Leaks….
#include <gtest/gtest.h>
#include <heaptap/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:knownTo*Leak\n"; }

namespace {

void* volatile g_sink;

struct Item {
  explicit Item(int number) : values(8, number) {}
  std::vector<int> values;
  Item* next = nullptr;
};

__attribute__((noinline)) void* parse(std::size_t bytes) {
  void* const block = malloc(bytes);
  g_sink = block;
  g_sink = nullptr;
  return block;
}

/// Compilers leave out allocations that nothing needs.
template <class T>
T* needed(T* made) {
  __asm__ volatile("" : "+r"(made) : : "memory");
  return made;
}

TEST(Body, LeaksInMalloc) { needed(parse(100)); }
TEST(Body, LeaksInNew) {
  auto* item = needed(new Item(1));
  EXPECT_EQ(item->values.size(), 8U);
}
TEST(Body, LeaksInALibrary) { needed(new std::vector<int>)->push_back(1); }
TEST(Body, LeaksALargeBlock) { parse(3 << 20); }
TEST(Body, LeaksAnEmptyBlock) { parse(0); }
TEST(Body, LeaksWhatWasReallocated) {
  void* const larger = realloc(parse(10), 10000);
  EXPECT_NE(larger, nullptr);
}
TEST(Body, LeaksWhatAFreedVectorPointedTo) {
  std::vector<Item*> items;
  for (int i = 0; i < 20; ++i) items.push_back(needed(new Item(i)));
}
TEST(Body, LeaksACycle) {
  auto* a = needed(new Item(1));
  a->next = needed(new Item(2));
  a->next->next = a;
}
TEST(Body, LeaksOnlyThisTime) {
  static int times = 0;
  if (times++ == 0) parse(50);
}
TEST(Body, LeaksInAThread) {
  std::thread([] { parse(77); }).join();
}
TEST(Body, LeaksWhereItWasReplaced) {
  static Item* current = needed(new Item(0));
  current = needed(new Item(1));
  EXPECT_EQ(current->values[0], 1);
}
TEST(Body, FreesAll) {
  const std::map<int, std::string> numbers{{1, std::string(100, 'x')}, {2, std::string(200, 'x')}};
  EXPECT_EQ(numbers.size(), 2U);
  free(parse(10));
}
TEST(Body, KnowsALeak) {
  struct Known {
    __attribute__((noinline)) static void knownToTheProgramToLeak() { needed(parse(10)); }
  };
  Known::knownToTheProgramToLeak();
}
TEST(Body, SkipsBeforeItAllocates) { GTEST_SKIP() << "nothing to do"; }

class Fixture : public testing::Test {
 protected:
  void SetUp() override { m_item = needed(new Item(1)); }
  void TearDown() override {
    if (!m_keeps) delete m_item;
  }
  Item* m_item = nullptr;
  bool m_keeps = false;
};
TEST_F(Fixture, FreesInTearDown) { EXPECT_EQ(m_item->values[0], 1); }
TEST_F(Fixture, LeaksInSetUp) { m_keeps = true; }

class Shared : public testing::Test {
 protected:
  static void SetUpTestSuite() { s_item = needed(new Item(1)); }
  static void TearDownTestSuite() { delete s_item; }
  static Item* s_item;
};
Item* Shared::s_item = nullptr;
TEST_F(Shared, UsesWhatTheSuiteHas) { EXPECT_EQ(s_item->values[0], 1); }
TEST_F(Shared, AddsToWhatTheSuiteHas) { s_item->values.resize(1000); }

const std::string& cached(int number) {
  static std::unordered_map<int, std::string> cache;
  return cache.emplace(number, std::string(100, 'x')).first->second;
}
Item& neverFreed() {
  static Item& item = *needed(new Item(7));
  return item;
}
TEST(Caches, InAFunction) { EXPECT_EQ(cached(1).size(), 100U); }
TEST(Caches, InAFunctionThatGrow) {
  for (int i = 0; i < 1000; ++i) cached(i);
}
TEST(Caches, NeverFreed) { EXPECT_EQ(neverFreed().values[0], 7); }
TEST(Caches, OfAThreadThatLives) {
  thread_local std::vector<int> values;
  values.resize(1000);
  EXPECT_EQ(values.size(), 1000U);
}
TEST(Caches, OfStreamsAndLocales) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << 1.5 << std::endl;
  std::cout << text.str();
  printf("%f\n", 1.5);
  EXPECT_TRUE(std::regex_match("abc", std::regex("[a-c]+")));
}
TEST(Caches, ThatPointIntoTheMiddle) {
  static char* middle = static_cast<char*>(parse(64)) + 32;
  EXPECT_NE(middle, nullptr);
}
TEST(Caches, OfAnExceptionThatWasThrown) {
  EXPECT_THROW(throw std::runtime_error("text"), std::runtime_error);
}

TEST(Threads, ThatEnd) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      thread_local std::vector<int> values(100, 1);
      free(parse(values.size()));
    });
  for (std::thread& thread : threads) thread.join();
}
TEST(Threads, ThatAreDetached) {
  int descriptors[2];
  ASSERT_EQ(pipe(descriptors), 0);
  std::thread([end = descriptors[1]] {
    free(parse(10));
    close(end);
  }).detach();
  char none = 0;
  EXPECT_EQ(read(descriptors[0], &none, 1), 0);
  close(descriptors[0]);
}
TEST(Threads, ThatStay) {
  static auto* const items = needed(new std::list<Item*>);
  static std::thread& thread = *new std::thread([] {
    Item* const own = needed(new Item(1));
    items->push_back(needed(new Item(2)));
    for (;;) {
      sleep(1000);
      g_sink = own;
    }
  });
  EXPECT_TRUE(thread.joinable());
}

class Numbers : public testing::TestWithParam<int> {};
TEST_P(Numbers, LeakWhereTheyAreOdd) {
  void* const block = parse(16);
  if (GetParam() % 2 == 0) free(block);
}
INSTANTIATE_TEST_SUITE_P(Small, Numbers, testing::Values(2, 3));

TEST(Processes, MayForkAndEnd) {
  const pid_t child = fork();
  if (child == 0) {
    parse(10);
    _exit(0);
  }
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
}
TEST(ProcessesDeathTest, MayDie) { EXPECT_EXIT(_exit(3), testing::ExitedWithCode(3), ""); }

}  // namespace
