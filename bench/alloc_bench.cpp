// SPDX-License-Identifier: Apache-2.0
// The allocator library: what each adapter adds to an allocation of 64 bytes and its end. Compare within one
// run only, and with --benchmark_enable_random_interleaving=true (docs/adapters.md has the figures, and how
// they were got).
#include <benchmark/benchmark.h>
#include <heaptap/alloc.h>

#include <array>
#include <memory_resource>
#include <vector>

#include "bench/layered_heaps.h"
#if defined(HEAPTAP_BENCH_JEMALLOC)
#include <heaptap/alloc/jemalloc.h>
#endif
#if defined(HEAPTAP_BENCH_MIMALLOC)
#include <heaptap/alloc/mimalloc.h>
#endif

namespace heaptap {
namespace {

constexpr Layout kLayout = Layout::fromUnchecked(64, 8);

constinit System g_system;
constinit Heap g_heap;
constinit Stats<System> g_stats;
constinit Headered<System> g_headered;
constinit Headered<Stats<System>> g_headeredStats;
constinit Tracing<System> g_tracing;
constinit Locked<System> g_locked;
constinit Segregate<1024, System, System> g_segregate;
constinit FailAfter<System> g_failAfter;
constinit Guarded<System> g_guarded;
constinit Locked<Arena<>> g_arena;
constinit Ref<Locked<Arena<>>> g_ref(g_arena);
constinit Fallback<Locked<Arena<Nothing>>, System> g_fallback;

void malloc(benchmark::State& state) {
  for (auto _ : state) {
    void* block = std::malloc(kLayout.size());
    benchmark::DoNotOptimize(block);
    std::free(block);
  }
}

template <auto& Allocator>
void pair(benchmark::State& state) {
  for (auto _ : state) {
    void* block = Allocator.alloc(kLayout);
    benchmark::DoNotOptimize(block);
    Allocator.dealloc(block, kLayout);
  }
}

template <class Heap>
void layered(benchmark::State& state) {
  static Heap heap;
  for (auto _ : state) {
    void* block = heap.malloc(kLayout.size());
    benchmark::DoNotOptimize(block);
    heap.free(block);
  }
}

void resource(benchmark::State& state, std::pmr::memory_resource& resource) {
  for (auto _ : state) {
    void* block = resource.allocate(kLayout.size(), kLayout.align());
    benchmark::DoNotOptimize(block);
    resource.deallocate(block, kLayout.size(), kLayout.align());
  }
}

/// A thousand blocks, and then all at once.
void arena(benchmark::State& state) {
  Arena<> arena;
  for (auto _ : state) {
    for (int i = 0; i < 1000; ++i) benchmark::DoNotOptimize(arena.alloc(kLayout));
    arena.reset();
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}

void monotonic(benchmark::State& state) {
  std::pmr::monotonic_buffer_resource arena;
  for (auto _ : state) {
    for (int i = 0; i < 1000; ++i) benchmark::DoNotOptimize(arena.allocate(kLayout.size(), kLayout.align()));
    arena.release();
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}

BENCHMARK(malloc)->ThreadRange(1, 16);
BENCHMARK(pair<g_system>)->Name("System");
BENCHMARK(pair<g_heap>)->Name(HEAPTAP_BENCH_HEAP);
BENCHMARK(pair<g_stats>)->Name("Stats<System>")->ThreadRange(1, 16);
BENCHMARK(layered<layered::StatsHeap<layered::SizeHeap<layered::MallocHeap>>>)
    ->Name("layers: StatsHeap<SizeHeap<MallocHeap>>")
    ->ThreadRange(1, 16);
BENCHMARK(layered<layered::MallocHeap>)->Name("layers: MallocHeap");
BENCHMARK(layered<layered::SizeHeap<layered::MallocHeap>>)->Name("layers: SizeHeap<MallocHeap>");
BENCHMARK(pair<g_tracing>)->Name("Tracing<System>: not recorded");
BENCHMARK(pair<g_headered>)->Name("Headered<System>");
BENCHMARK(pair<g_headeredStats>)->Name("Headered<Stats<System>>");
BENCHMARK(pair<g_locked>)->Name("Locked<System>");
BENCHMARK(pair<g_segregate>)->Name("Segregate<1024, System, System>");
BENCHMARK(pair<g_fallback>)->Name("Fallback<Locked<Arena<Nothing>>, System>");
BENCHMARK(pair<g_failAfter>)->Name("FailAfter<System>");
BENCHMARK(pair<g_arena>)->Name("Locked<Arena<>>");
BENCHMARK(pair<g_ref>)->Name("Ref<Locked<Arena<>>>");
BENCHMARK(pair<g_guarded>)->Name("Guarded<System>");
BENCHMARK(arena)->Name("Arena<>: 1000 and reset");
BENCHMARK(monotonic)->Name("pmr: monotonic_buffer_resource: 1000 and release");
BENCHMARK_CAPTURE(resource, new_delete, *std::pmr::new_delete_resource())->Name("pmr: new_delete_resource");

MemoryResource<System> g_systemResource;
std::pmr::unsynchronized_pool_resource g_pool;
BENCHMARK_CAPTURE(resource, system, g_systemResource)->Name("pmr: MemoryResource<System>");
BENCHMARK_CAPTURE(resource, pool, g_pool)->Name("pmr: unsynchronized_pool_resource");

#if defined(HEAPTAP_BENCH_JEMALLOC)
constinit Jemalloc g_jemalloc;
BENCHMARK(pair<g_jemalloc>)->Name("Jemalloc");
#endif
#if defined(HEAPTAP_BENCH_MIMALLOC)
constinit Mimalloc g_mimalloc;
BENCHMARK(pair<g_mimalloc>)->Name("Mimalloc");
#endif

}  // namespace
}  // namespace heaptap

#if defined(HEAPTAP_BENCH_SELECTED)
HEAPTAP_HEAP_ALLOCATOR(ALLOCATOR, heaptap::System){};
#endif

BENCHMARK_MAIN();
