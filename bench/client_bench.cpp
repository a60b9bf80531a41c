// SPDX-License-Identifier: Apache-2.0
//
// What a viewer waits for: sites, rankings and call trees of a large session, computed from what it already
// has. As large as that of clang for a file with many templates: 600,000 stack nodes, 110,000 sites. Budget:
// 50 ms for a filtered call tree.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "client/call_tree.h"
#include "client/caller_tree.h"
#include "client/filter.h"
#include "client/function_costs.h"
#include "client/site_table.h"

namespace heaptap::client {
namespace {

constexpr std::uint32_t kNodes = 600'000;
constexpr std::uint32_t kSites = 110'000;
constexpr std::uint32_t kFrames = 60'000;
constexpr std::uint32_t kFunctions = 20'000;
constexpr std::uint32_t kLeastDepth = 20;

Profile compiler() {
  std::mt19937 random(7);  // NOLINT: the same in each run.
  model::Definitions definitions;
  model::Counts counts;
  definitions.add(model::Module{.path = "/usr/lib/llvm-14/lib/libclang-cpp.so.14"});
  std::vector<model::TextId> names;
  for (std::uint32_t i = 0; i < kFunctions; ++i)
    names.push_back(definitions.addText("clang::Namespace" + std::to_string(i % 97) + "::Class" +
                                        std::to_string(i % 1009) +
                                        "::visit(clang::ast_matchers::Node const&, " +
                                        "llvm::SmallVector<unsigned int, " + std::to_string(i) + "u>&)"));
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    definitions.add(model::Frame{.pc = 0x1000 + 5 * i, .module = 1});
    const model::SymbolLine line{.function = names[random() % kFunctions]};
    definitions.name(static_cast<model::FrameId>(i + 1), std::span(&line, 1));
  }
  std::vector<std::uint32_t> depth{0};
  for (std::uint32_t i = 0; i < kNodes; ++i) {
    // A walk interns a few new nodes below one that is known.
    const bool goesOn = i != 0 && (depth.back() < kLeastDepth || random() % 5 != 0);
    const auto parent = goesOn ? static_cast<std::uint32_t>(depth.size() - 1)
                               : static_cast<std::uint32_t>(random() % depth.size());
    depth.push_back(depth[parent] + 1);
    definitions.add(model::StackNode{.parent = static_cast<model::StackId>(parent),
                                     .frame = static_cast<model::FrameId>(1 + random() % kFrames)});
  }
  for (std::uint32_t i = 0; i < kSites; ++i) {
    const auto stack = static_cast<model::StackId>(1 + (static_cast<std::uint64_t>(i) * kNodes) / kSites);
    for (std::uint64_t sizes = 1 + random() % 2; sizes > 0; --sizes) {
      definitions.add(model::Pair{.size = 16 * sizes, .slack = 8, .stack = stack});
      counts.pairs.push_back(
          {.allocations = 1 + random() % 50, .live = random() % 2, .liveAtPeak = random() % 2});
    }
  }
  return {.definitions = definitions.view(),
          .names = FrameNames::of(definitions.now()),
          .counts = std::make_shared<const model::Counts>(std::move(counts)),
          .summary = std::make_shared<const v1::Summary>()};
}

const Profile& session() {
  static const Profile profile = compiler();
  return profile;
}

void names(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(FrameNames::of(session().definitions));
}
BENCHMARK(names)->Unit(benchmark::kMillisecond);

/// The filter, what it lets through, and the tree of that.
void filteredCallTree(benchmark::State& state, const Filter& filter) {
  std::size_t nodes = 0;
  for (auto _ : state) {
    const auto match = FilterMatch::of(session(), filter);
    const StackCosts costs(session(), Cost::AllocatedBytes, *match);
    const CallTree tree(session(), costs);
    nodes = tree.nodes().size();
  }
  state.counters["nodes"] = static_cast<double>(nodes);
}
BENCHMARK_CAPTURE(filteredCallTree, everything, Filter{})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filteredCallTree, function, Filter{.function = TextPattern{"Class7"}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filteredCallTree, regex, Filter{.function = TextPattern{"Class[0-9]+5::visit", true}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filteredCallTree, size, Filter{.minSize = 32})->Unit(benchmark::kMillisecond);

void callers(benchmark::State& state) {
  const StackCosts costs(session(), Cost::AllocatedBytes);
  for (auto _ : state) {
    const CallerTree tree(session(), costs);
    const auto allocating = tree.allocating();
    benchmark::DoNotOptimize(tree.callers(allocating.front()));
  }
}
BENCHMARK(callers)->Unit(benchmark::kMillisecond);

void neighbours(benchmark::State& state) {
  const StackCosts costs(session(), Cost::AllocatedBytes);
  const FunctionId function =
      session().names->functions(session().definitions.stack(model::StackId{100}).frame)[0];
  for (auto _ : state) benchmark::DoNotOptimize(neighboursOf(session(), costs, function));
}
BENCHMARK(neighbours)->Unit(benchmark::kMillisecond);

void rankings(benchmark::State& state) {
  for (auto _ : state) {
    const SiteTable table(session());
    benchmark::DoNotOptimize(table.select({.order = SiteOrder::PeakBytes, .limit = 5, .anyOfOrders = true}));
  }
}
BENCHMARK(rankings)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace heaptap::client

BENCHMARK_MAIN();
