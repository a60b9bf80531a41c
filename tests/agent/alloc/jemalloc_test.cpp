// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <heaptap/alloc/guarded.h>
#include <heaptap/alloc/jemalloc.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/std_allocator.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "tests/agent/alloc/contract.h"
#include "tests/support/temporary_folder.h"

/// What jemalloc reads before anything else, in the private copy's name.
extern "C" const char* heaptap_je_malloc_conf;
const char* heaptap_je_malloc_conf = "prof:true,prof_active:true,lg_prof_sample:0";

namespace heaptap {
namespace {

static_assert(std::is_empty_v<Jemalloc> && sizeof(JemallocArena) == sizeof(unsigned));
static_assert(SelfDescribing<const Jemalloc> && SelfDescribing<const JemallocArena>);
constexpr Layout kMebibyte = Layout::fromUnchecked(std::size_t{1} << 20, 8);

TEST(Jemalloc, KeepsTheContract) {
  expectContract(Jemalloc());
  expectContract(Guarded<Jemalloc>());
  expectContractFromThreads(Jemalloc(), 300);
}

TEST(Jemalloc, LeavesMallocAndTheOperatorsAlone) {
  for (const char* const name : {"malloc", "free", "calloc", "realloc", "posix_memalign"}) {
    Dl_info where{};
    ASSERT_NE(dladdr(dlsym(RTLD_DEFAULT, name), &where), 0) << name;
    EXPECT_EQ(std::string(where.dli_fname).find("heaptap_jemalloc"), std::string::npos) << name;
    EXPECT_NE(where.dli_fbase, dlsym(RTLD_DEFAULT, "heaptap_je_mallocx"));
  }
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "mallocx"), nullptr) << "under no name of its own";
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "mallctl"), nullptr);

  const std::size_t before = Jemalloc::statistics().allocated;
  void* const block = std::malloc(std::size_t{5} << 20);
  ASSERT_NE(block, nullptr);
  const std::string text(std::size_t{5} << 20, 'x');
  EXPECT_LT(Jemalloc::statistics().allocated, before + (std::size_t{1} << 20));
  std::free(block);
}

TEST(Jemalloc, CountsItsOwnBlocks) {
  const Jemalloc heap;
  constexpr Layout kLarge = Layout::fromUnchecked(std::size_t{64} << 20, 8);
  const std::size_t before = Jemalloc::statistics().allocated;
  void* const block = heap.alloc(kLarge);
  const Jemalloc::Statistics now = Jemalloc::statistics();
  EXPECT_GE(now.allocated, before + (std::size_t{60} << 20));  // Caches may have been emptied meanwhile.
  EXPECT_GE(now.active, now.allocated);
  EXPECT_GE(now.mapped, now.active);
  EXPECT_GT(now.metadata, 0U);
  heap.dealloc(block, kLarge);
}

TEST(Jemalloc, SaysWhatMayBeUsed) {
  const Jemalloc heap;
  const Layout layout = Layout::fromUnchecked(100, 8);
  void* const block = heap.alloc(layout);
  EXPECT_EQ(heap.usableSize(block, layout), 112U);
  EXPECT_EQ(heap.usableSizeUnsized(block), 112U);
  EXPECT_TRUE(heap.growInPlace(block, layout, 112));
  EXPECT_FALSE(heap.growInPlace(block, Layout::fromUnchecked(112, 8), 113));
  EXPECT_FALSE(heap.shrinkInPlace(block, Layout::fromUnchecked(112, 8), 16)) << "another class of sizes";
  heap.deallocUnsized(block);
}

TEST(Jemalloc, HasControlsByTheirNames) {
  EXPECT_EQ(Jemalloc::read<bool>("config.prof"), true);
  EXPECT_EQ(Jemalloc::read<bool>("no.such.control"), std::nullopt);
  EXPECT_EQ(Jemalloc::read<char>("arenas.narenas"), std::nullopt) << "of another type";
  EXPECT_TRUE(Jemalloc::run("thread.tcache.flush"));
  EXPECT_FALSE(Jemalloc::run("no.such.control"));
  EXPECT_TRUE(Jemalloc::write<ssize_t>("arenas.dirty_decay_ms", 1000));
  EXPECT_EQ(Jemalloc::read<ssize_t>("arenas.dirty_decay_ms"), 1000);
}

TEST(Jemalloc, DumpsStatisticsAsTextAndJson) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  ASSERT_NE(file, nullptr);
  Jemalloc::dumpStatistics(file.get(), "J");
  std::rewind(file.get());
  std::string text(std::size_t{1} << 20, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  EXPECT_THAT(text, testing::StartsWith("{\"jemalloc\":"));
}

TEST(Jemalloc, DumpsAProfileForJeprof) {
  const Jemalloc heap;
  void* const block = heap.alloc(kMebibyte);
  const test::TemporaryFolder folder;
  const std::string path = (folder.path() / "profile").string();
  ASSERT_TRUE(Jemalloc::dumpProfile(path.c_str()));
  std::string first;
  std::getline(std::ifstream(path) >> std::ws, first);
  EXPECT_THAT(first, testing::StartsWith("heap_v2/"));
  EXPECT_FALSE(Jemalloc::dumpProfile("/no/such/folder/profile"));
  heap.dealloc(block, kMebibyte);
}

TEST(JemallocArena, KeepsTheContract) {
  const auto arena = JemallocArena::create();
  ASSERT_TRUE(arena);
  expectContract(*arena);
  expectContractFromThreads(*arena, 100);
}

TEST(JemallocArena, HasItsBlocksApart) {
  const auto one = JemallocArena::create();
  const auto other = JemallocArena::create();
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->index(), other->index());
  const Layout layout = Layout::of<int>();
  void* const block = one->alloc(layout);
  void* const beside = other->alloc(layout);
  void* const free = Jemalloc().alloc(layout);
  EXPECT_EQ(Jemalloc::arenaOf(block), one->index());
  EXPECT_EQ(Jemalloc::arenaOf(beside), other->index());
  EXPECT_NE(Jemalloc::arenaOf(free), one->index());
  Jemalloc().dealloc(free, layout);

  using Pinned = StdAllocator<std::pair<const int, int>, Ref<const JemallocArena>>;
  std::map<int, int, std::less<>, Pinned> map{Pinned(Ref(*one))};
  map[1] = 2;
  EXPECT_EQ(Jemalloc::arenaOf(&map[1]), one->index());
}

TEST(JemallocArena, EndsWithAllItsBlocks) {
  (void)Jemalloc::statistics();
  std::size_t during = 0;
  {
    auto made = JemallocArena::create();
    ASSERT_TRUE(made);
    const JemallocArena arena(std::move(*made));
    for (int i = 0; i < 100; ++i) ASSERT_NE(arena.alloc(kMebibyte), nullptr);
    during = Jemalloc::statistics().allocated;
  }
  EXPECT_LE(Jemalloc::statistics().allocated + (std::size_t{99} << 20), during);
}

}  // namespace
}  // namespace heaptap
