// SPDX-License-Identifier: Apache-2.0
//
// The fast walk against the thorough one, at random places of random call trees: the same registers, two
// ways, and the stored stacks must be equal.
#include "agent/capture/unwind/stack_walker.h"

#include <alloca.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string.h>

#include <memory>
#include <random>
#include <thread>

#include "tests/agent/capture/memory_for_tests.h"

namespace heaptap::capture {
namespace {

using Room = WalkerRoom<4096>;

// One thread's walker, with everything compared at each call.
class Walks {
 public:
  Walks() {
    prepareObjectLookup();
    m_modules->attach(m_memory.header());
    m_stacks.attach(m_memory.header());
    m_paths.open();
    m_room->openFor(*m_space);
    m_referenceRoom->openFor(*m_reference);
  }

  [[gnu::noinline]] void compareHere() {
    const CallSite site = heaptap_caller();
    arch::captureHere(m_reference->scratch.current);
    const std::uint32_t fast = currentStack(*m_space, {m_rules, *m_modules, m_stacks, m_paths}, site, m_own);
    const Walk walk =
        walkStack(m_reference->scratch, *m_modules, {site.sp, m_own}, m_reference->walked, 4096);
    const std::uint32_t thorough = m_stacks.intern(m_reference->walked, walk);
    ++m_compared;
    m_frames += walk.frames;
    if (fast != thorough) ++m_different;
  }

  /// The same for stacks that may be too deep: the inner frames are equal, and enough of them are there.
  [[gnu::noinline]] void compareInnerHere() {
    const CallSite site = heaptap_caller();
    arch::captureHere(m_reference->scratch.current);
    std::uint32_t fast = currentStack(*m_space, {m_rules, *m_modules, m_stacks, m_paths}, site, m_own);
    const Walk walk =
        walkStack(m_reference->scratch, *m_modules, {site.sp, m_own}, m_reference->walked, 4096);
    std::uint32_t thorough = m_stacks.intern(m_reference->walked, walk);
    ++m_compared;
    m_frames += walk.frames;
    std::uint32_t frames = 0;
    while (fast != thorough &&
           wire::NodeEntry::frame(m_stacks.entry(fast)) == wire::NodeEntry::frame(m_stacks.entry(thorough))) {
      fast = wire::NodeEntry::parent(m_stacks.entry(fast));
      thorough = wire::NodeEntry::parent(m_stacks.entry(thorough));
      ++frames;
    }
    if (fast == thorough) return;
    ++m_cut;
    if (wire::NodeEntry::frame(m_stacks.entry(fast)) != wire::kTruncatedFrame || frames < leastOfCut(4096))
      ++m_different;
  }
  [[nodiscard]] std::uint64_t cut() const { return m_cut; }

  void setStackEnd(std::uint64_t end) { m_own = OwnStack(end); }
  void setStack(const OwnStack& own) { m_own = own; }
  void unloadedSomething() { m_rules.modulesChanged(); }
  [[nodiscard]] std::uint64_t compared() const { return m_compared; }
  [[nodiscard]] std::uint64_t different() const { return m_different; }
  [[nodiscard]] double averageDepth() const {
    return static_cast<double>(m_frames) / static_cast<double>(m_compared);
  }

 private:
  PreparedMemory m_memory{kSmallMemory};
  std::unique_ptr<ModuleTable> m_modules = std::make_unique<ModuleTable>();
  StackTable m_stacks;
  RuleCache m_rules;
  PathCache m_paths;
  std::unique_ptr<Room> m_room = std::make_unique<Room>();
  std::unique_ptr<Room> m_referenceRoom = std::make_unique<Room>();
  std::unique_ptr<WalkerSpace> m_space = std::make_unique<WalkerSpace>();
  std::unique_ptr<WalkerSpace> m_reference = std::make_unique<WalkerSpace>();
  OwnStack m_own;
  std::uint64_t m_compared = 0;
  std::uint64_t m_different = 0;
  std::uint64_t m_cut = 0;
  std::uint64_t m_frames = 0;
};

// A random call tree over functions whose frames have every usual form.
class Tree {
 public:
  Tree(Walks& walks, unsigned seed) : m_walks(walks), m_random(seed) {}

  [[gnu::noinline]] void plain(unsigned depth) {
    visit(depth);
    m_walks.compareHere();
  }
  [[gnu::noinline]] void variable(unsigned depth) {
    auto* bytes = static_cast<volatile char*>(alloca(m_random() % 300 + 1));
    bytes[0] = 1;
    visit(depth);
    bytes[0] = 2;
  }
  [[gnu::noinline]] void realigned(unsigned depth) {
    alignas(64) char buffer[128];
    memset(buffer, 1, sizeof buffer);
    asm volatile("" : : "r"(buffer) : "memory");
    auto* bytes = static_cast<volatile char*>(alloca(m_random() % 60 + 1));
    bytes[0] = 1;
    visit(depth);
    asm volatile("" : : "r"(buffer) : "memory");
  }
  // Leaves stale return addresses of deeper calls in its uninitialised buffer.
  [[gnu::noinline]] void stale(unsigned depth) {
    char uninitialised[2000];
    asm volatile("" : : "r"(uninitialised) : "memory");
    m_walks.compareHere();
    visit(depth);
    asm volatile("" : : "r"(uninitialised) : "memory");
  }
  [[gnu::noinline]] unsigned manyLive(unsigned depth, unsigned a, unsigned b, unsigned c) {
    const unsigned d = a * b + c;
    visit(depth);
    m_walks.compareHere();
    return a + b + c + d;
  }

  void visit(unsigned depth) {
    if (depth == 0) {
      m_walks.compareHere();
      return;
    }
    for (auto calls = m_random() % 3 + (depth % 3 == 0 ? 1 : 0); calls > 0; --calls) {
      switch (m_random() % 5) {
        case 0: plain(depth - 1); break;
        case 1: variable(depth - 1); break;
        case 2: realigned(depth - 1); break;
        case 3: stale(depth - 1); break;
        default: m_sum += manyLive(depth - 1, depth, m_sum, 3); break;
      }
    }
  }

 private:
  Walks& m_walks;
  std::mt19937 m_random;
  unsigned m_sum = 1;
};

std::uint64_t mainStackEnd() {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) + (64 << 10);
}

// Calls itself `depth` times, and looks at each `step`-th level on the way in and out.
[[gnu::noinline]] unsigned recurseDeeply(Walks& walks, unsigned depth, unsigned step) {
  if (depth % step == 0) walks.compareInnerHere();
  volatile unsigned calls = depth != 0 ? recurseDeeply(walks, depth - 1, step) : 0;  // No tail call.
  if (depth % step == 0) walks.compareInnerHere();
  return calls + 1;
}

TEST(StackWalker, OfTooDeepStacksTheInnerFramesAreThereAndOfOthersAllAreAgain) {
  Walks walks;
  for (const unsigned step : {25U, 3000U}) {
    recurseDeeply(walks, 9'000, step);
    walks.compareHere();
  }
  recurseDeeply(walks, 5'000, 100);
  EXPECT_GT(walks.cut(), 200U);
  EXPECT_EQ(walks.different(), 0U);
}

TEST(StackWalker, EqualsTheThoroughWalkInRandomCallTrees) {
  Walks walks;
  for (unsigned seed = 0; seed < 400; ++seed) Tree(walks, seed).visit(14);
  EXPECT_EQ(walks.different(), 0U) << "of " << walks.compared();
  EXPECT_GT(walks.compared(), 10'000U);
  EXPECT_GT(walks.averageDepth(), 12.0);
}

TEST(StackWalker, EqualsTheThoroughWalkWithinKnownBounds) {
  Walks walks;
  walks.setStackEnd(mainStackEnd());
  for (unsigned seed = 0; seed < 50; ++seed) Tree(walks, seed).visit(12);
  EXPECT_EQ(walks.different(), 0U) << "of " << walks.compared();
}

TEST(StackWalker, EqualsTheThoroughWalkWhenModulesChange) {
  Walks walks;
  for (unsigned seed = 0; seed < 50; ++seed) {
    Tree(walks, seed).visit(10);
    walks.unloadedSomething();
  }
  EXPECT_EQ(walks.different(), 0U) << "of " << walks.compared();
}

Walks* g_walksInHandler = nullptr;
TEST(StackWalker, EqualsTheThoroughWalkThroughSignalFrames) {
  Walks walks;
  g_walksInHandler = &walks;
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) { Tree(*g_walksInHandler, 5).visit(6); };
  sigaction(SIGUSR2, &action, &before);
  for (unsigned i = 0; i < 20; ++i) {
    raise(SIGUSR2);
    Tree(walks, i).visit(6);
  }
  sigaction(SIGUSR2, &before, nullptr);
  EXPECT_EQ(walks.different(), 0U) << "of " << walks.compared();
  EXPECT_GT(walks.compared(), 100U);
}

TEST(StackWalker, EqualsTheThoroughWalkOnEveryThread) {
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> different{0};
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([t, &different] {
      Walks walks;
      for (unsigned seed = 0; seed < 50; ++seed) Tree(walks, seed * 7 + t).visit(12);
      different += walks.different();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(different, 0U);
}

// Frames of made code, whose frame pointer is of no use: both walks look for the frame beyond.
struct MadeCalls {
  using Made = void (*)(void (*)(void*), void*);

  static void run(void* opaque) {
    auto& calls = *static_cast<MadeCalls*>(opaque);
    calls.walks.compareHere();
    if (calls.depth > 0) {
      --calls.depth;
      calls.made(&MadeCalls::run, opaque);
    }
    calls.walks.compareHere();
  }

  Walks& walks;
  Made made;
  int depth;
};

TEST(StackWalker, EqualsTheThoroughWalkThroughMadeCode) {
  // push rbp; sub rsp, 16; mov rax, rdi; mov rdi, rsi; mov rbp, 0x1234567; call rax; add rsp, 16; pop rbp;
  // ret
  static constexpr unsigned char kCode[] = {0x55, 0x48, 0x81, 0xec, 0x10, 0x00, 0x00, 0x00, 0x48, 0x89, 0xf8,
                                            0x48, 0x89, 0xf7, 0x48, 0xc7, 0xc5, 0x67, 0x45, 0x23, 0x01, 0xff,
                                            0xd0, 0x48, 0x81, 0xc4, 0x10, 0x00, 0x00, 0x00, 0x5d, 0xc3};
  void* const page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  memcpy(page, kCode, sizeof kCode);
  ASSERT_EQ(mprotect(page, 4096, PROT_READ | PROT_EXEC), 0);
  Walks walks;
  walks.setStack(stackOfThisThread(true, nullptr));
  for (int i = 0; i < 200; ++i) {
    MadeCalls calls{walks, reinterpret_cast<MadeCalls::Made>(page), i % 5};
    MadeCalls::run(&calls);
  }
  munmap(page, 4096);
  EXPECT_EQ(walks.different(), 0U);
  EXPECT_GT(walks.averageDepth(), 8) << "up to the test's own callers";
}

}  // namespace
}  // namespace heaptap::capture
