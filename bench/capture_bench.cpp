// SPDX-License-Identifier: Apache-2.0
//
// What an event costs the target: the hooks of libheaptap.so.1 without a real allocator behind them, and with
// a pool that never runs dry. Times are of the calling thread's CPU.
#include <benchmark/benchmark.h>
#include <cpuid.h>

#include <array>
#include <cstdint>

#include "agent/capture/record/clock.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/context.h"
#include "agent/capture/record/record_events.h"
#include "agent/capture/record/walk_tables.h"
#include "agent/capture/system/kernel.h"
#include "agent/include/heaptap/abi.h"
#include "tests/agent/capture/memory_for_tests.h"

namespace heaptap::capture {
namespace {

constexpr wire::Capacity kMemory{.poolBytes = 1024 * wire::kChunkBytes,
                                 .threads = 64,
                                 .modules = 256,
                                 .textBytes = 1U << 16,
                                 .frames = 1U << 20,
                                 .nodes = 1U << 24};

bool hasRdtscp() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0x8000'0001, &a, &b, &c, &d) != 0 && (d & 1U << 27) != 0;
}

/// The relay's part: gives back what was written, as if it had been read.
class Pool {
 public:
  Pool() {
    prepareObjectLookup();
    g_modules.attach(m_memory.header());
    g_stacks.attach(m_memory.header());
    g_paths.open();
    g_clock.mode = hasRdtscp() ? wire::ClockMode::Tsc : wire::ClockMode::FencedTsc;
    g_clock.read = clock_gettime;
    g_connection.processId = kernel::processId();
    g_connection.header = m_memory.header();
  }
  void recycle() const {
    for (std::uint32_t slot = 0; slot < m_memory.header()->slotHighWater.load(); ++slot)
      recycle(m_memory.view().slot(slot).firstChunk[0]);
  }
  /// All but the chunk that is being written.
  void recycle(std::atomic<std::uint32_t>& first) const {
    std::uint32_t at = first.load();
    while (at != wire::kNoChunk) {
      const std::uint32_t next = m_memory.view().chunk(at).next.load();
      if (next == wire::kNoChunk) break;
      m_memory.giveChunk(at);
      at = next;
    }
    first.store(at);
  }
  [[nodiscard]] wire::Header* header() const { return m_memory.header(); }

 private:
  PreparedMemory m_memory{kMemory};
};

Pool& pool() {
  static Pool one;
  return one;
}

constexpr unsigned kRound = 256;

void countEvents(benchmark::State& state) {
  state.counters["ns/event"] = benchmark::Counter(static_cast<double>(state.iterations()) * kRound * 1e-9,
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

[[gnu::noinline]] void allocate(std::uintptr_t number) {
  const CallSite site = heaptap_caller();
  recordAllocation(
      {reinterpret_cast<void*>(0x5555'0000'0000 + number * 64), 64, nullptr, 0, wire::Origin::Malloc}, site);
}

/// 64 instantiations, so that the stacks differ in their frames.
template <unsigned N>
[[gnu::noinline]] void descend(unsigned depth, unsigned path) {
  if (depth == 0) {
    allocate(path);
  } else if ((path & 1) != 0) {
    descend<(N * 5 + 3) % 64>(depth - 1, path >> 1);
  } else {
    descend<(N * 7 + 1) % 64>(depth - 1, path >> 1);
  }
  asm volatile("" ::: "memory");
}

/// Calls `inner` from `depth` frames further in.
template <class Inner>
[[gnu::noinline]] void below(unsigned depth, const Inner& inner) {
  if (depth == 0) {
    inner();
  } else {
    below(depth - 1, inner);
  }
  asm volatile("" ::: "memory");
}

template <class Event>
void measure(benchmark::State& state, unsigned depth, const Event& event) {
  Pool& memory = pool();
  below(depth, [&] {
    for (auto _ : state) {
      for (unsigned i = 0; i < kRound; ++i) event(i);
      state.PauseTiming();
      memory.recycle();
      state.ResumeTiming();
    }
  });
  countEvents(state);
}

void stamp(benchmark::State& state) {
  // Not where the processor has no such instruction: the clock of this machine's sessions.
  Clock clock{.mode = static_cast<wire::ClockMode>(state.range(0))};
  if (clock.mode == wire::ClockMode::Tsc && !hasRdtscp()) return state.SkipWithError("no rdtscp");
  clock.read = clock_gettime;
  for (auto _ : state) benchmark::DoNotOptimize(ticksNow(clock));
}
BENCHMARK(stamp)->ArgName("clock")->DenseRange(1, 3);

// Into the thread's chunk, and the release store that publishes it.
void ringWrite(benchmark::State& state) {
  const Pool& memory = pool();
  std::atomic<std::uint32_t> first{wire::kNoChunk};
  const std::atomic<std::uint32_t> restrictions{0};
  EventStream stream{};
  stream.reset(&first, &restrictions);
  StallClock stall;
  const std::uint64_t words[3] = {1, 2, 3};
  for (auto _ : state) {
    for (unsigned i = 0; i < kRound; ++i)
      benchmark::DoNotOptimize(stream.write(memory.header(), stall, false, words));
    state.PauseTiming();
    memory.recycle(first);
    state.ResumeTiming();
  }
  countEvents(state);
}
BENCHMARK(ringWrite);

void freeEvent(benchmark::State& state) {
  measure(state, 8, [](unsigned i) {
    const CallSite site = heaptap_caller();
    recordFree(
        {reinterpret_cast<const void*>(0x5555'0000'0000 + std::uintptr_t{i} * 64), 0, wire::Origin::Free},
        site);
  });
}
BENCHMARK(freeEvent);

// By the clock that stamps are read from, and by whether the thread is alone, so that most events share a
// reading.
void allocationAndFree(benchmark::State& state) {
  const wire::ClockMode before = g_clock.mode;
  const auto clock = static_cast<wire::ClockMode>(state.range(0));
  if (clock == wire::ClockMode::Tsc && !hasRdtscp()) return state.SkipWithError("no rdtscp");
  pool().header()->tick = static_cast<std::uint64_t>(state.range(1));
  g_clock.mode = clock;
  measure(state, 8, [](unsigned i) {
    if (i % 2 == 0) return allocate(i);
    const CallSite site = heaptap_caller();
    recordFree(
        {reinterpret_cast<const void*>(0x5555'0000'0000 + std::uintptr_t{i - 1} * 64), 0, wire::Origin::Free},
        site);
  });
  g_clock.mode = before;
  pool().header()->tick = 0;
}
BENCHMARK(allocationAndFree)->ArgNames({"clock", "seldom"})->ArgsProduct({{1, 2, 3}, {0, 1}});

// Every frame from its unwind information, as for stacks that the fast walk cannot follow.
void thoroughWalk(benchmark::State& state) {
  static WalkerRoom<256> room;
  static WalkerSpace space;
  room.openFor(space);
  OwnStack own = stackOfThisThread(true, nullptr);
  (void)pool();
  below(static_cast<unsigned>(state.range(0)), [&] {
    for (auto _ : state) {
      arch::captureHere(space.scratch.current);
      benchmark::DoNotOptimize(walkStack(space.scratch, g_modules, {0, own}, space.walked, space.capacity));
    }
  });
}
BENCHMARK(thoroughWalk)->ArgName("depth")->Arg(8)->Arg(32);

// A stack that is known, frame by frame through the trie's index.
void intern(benchmark::State& state) {
  static WalkerRoom<256> room;
  static WalkerSpace space;
  room.openFor(space);
  OwnStack own = stackOfThisThread(true, nullptr);
  (void)pool();
  below(static_cast<unsigned>(state.range(0)), [&] {
    arch::captureHere(space.scratch.current);
    const Walk walk = walkStack(space.scratch, g_modules, {0, own}, space.walked, space.capacity);
    for (auto _ : state) benchmark::DoNotOptimize(g_stacks.intern(space.walked, walk));
  });
}
BENCHMARK(intern)->ArgName("depth")->Arg(8)->Arg(32);

// The same place again and again: everything is reused.
void allocationSameStack(benchmark::State& state) {
  measure(state, static_cast<unsigned>(state.range(0)), [](unsigned i) { allocate(i); });
}
BENCHMARK(allocationSameStack)->ArgName("depth")->Arg(8)->Arg(32)->Arg(64);

// Some frames are new each time, the rest is reused.
void allocationFreshFrames(benchmark::State& state) {
  const auto fresh = static_cast<unsigned>(state.range(1));
  std::uint32_t random = 1;
  measure(state, static_cast<unsigned>(state.range(0)), [&](unsigned) {
    random = random * 1'664'525 + 1'013'904'223;
    descend<0>(fresh, random >> 8);
  });
}
BENCHMARK(allocationFreshFrames)
    ->ArgNames({"depth", "fresh"})
    ->Args({8, 3})
    ->Args({32, 3})
    ->Args({32, 6})
    ->Args({32, 14});

}  // namespace
}  // namespace heaptap::capture

BENCHMARK_MAIN();
