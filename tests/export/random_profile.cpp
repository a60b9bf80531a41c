// SPDX-License-Identifier: Apache-2.0
#include "tests/export/random_profile.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "collector/model/estimate.h"
#include "heaptap/v1/ingest.pb.h"
#include "tests/client/profile_builder.h"

namespace heaptap::exporting::test {
namespace {

std::vector<std::string> oddNames() {
  return {"main",
          "parse",
          "std::map<int, std::vector<int> >::operator[](int const&)",
          "operator<<",
          "a\nname\nof lines",
          "semi;colon",
          "with \"quotes\", 'and' a,comma",
          "tab\there",
          "back\\slash and `tick`",
          "<script>alert(1)</script></script>&amp;",
          "]]>--><!--",
          "ends in a number 4096",
          "(12) fn=(3) x",
          "\xff\xfe no UTF-8 \xc3",
          std::string("zero\0byte", 9),
          "escape \x1b[31m red",
          "größe λ 漢字 \U0001F600",
          "{\"json\": [1, 2]}",
          "${shell} $(x) %s %n",
          " blanks around ",
          "#comment",
          "=1+1",
          "desc: x",
          std::string(1 << 20, 'M') + "::end"};
}

}  // namespace

Subject randomSubject(std::uint32_t seed, bool isSampled) {
  std::mt19937 random(seed);  // NOLINT: the same in each run.
  const auto below = [&random](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  client::ProfileBuilder builder;
  const std::uint32_t library = builder.module("/usr/lib/odd \"lib\";\n.so");
  const model::HeapId heap = builder.heap("textures, \"all\"\n");
  const std::vector<std::string> names = oddNames();
  std::vector<model::FrameId> frames;
  for (const std::string& name : names) {
    frames.push_back(builder.place({{.function = name, .file = "/src/a \"b\"\n.cpp", .line = below(100)}}));
    frames.push_back(builder.place(
        {{.function = "inlined", .file = "/src/inlined.h", .line = 7}, {.function = name, .line = below(9)}},
        0, library));
  }
  frames.push_back(builder.place({}));
  frames.push_back(builder.place({}, 0, 0));
  frames.push_back(builder.place({{.function = "malloc", .isAllocator = true}}, 0, library));
  const model::FrameId lost = builder.place({}, v1::FRAME_LOST);
  std::vector<model::StackId> stacks{model::StackId{}};
  for (std::uint32_t i = 0; i < 60; ++i) {
    std::vector<model::FrameId> path;
    for (std::uint32_t depth = 1 + below(i % 7 == 0 ? 40 : 6); depth > 0; --depth)
      path.push_back(frames[below(static_cast<std::uint32_t>(frames.size()))]);
    if (below(8) == 0) path.push_back(lost);
    stacks.push_back(builder.stackOf(path));
  }
  for (std::uint32_t i = 0; i < 150; ++i) {
    const std::uint64_t allocations = 1 + below(1000);
    const std::uint64_t live = below(3) == 0 ? below(static_cast<std::uint32_t>(allocations) + 1) : 0;
    const std::uint32_t kind = below(10);
    const bool isMalloc = kind > 1;
    const std::uint64_t atPeak = below(static_cast<std::uint32_t>(allocations) + 1);
    // A temporary block is not live at the end, and hardly ever at the peak.
    const std::uint64_t others = allocations - std::max(live, atPeak);
    builder.count({.size = below(5) == 0 ? below(2) : below(100'000),
                   .stack = stacks[below(static_cast<std::uint32_t>(stacks.size()))],
                   .allocations = allocations,
                   .live = live,
                   .atPeak = atPeak,
                   .temporaries = isMalloc ? below(static_cast<std::uint32_t>(others) + 1) : 0,
                   .heap = isMalloc    ? model::kMallocHeap
                           : kind == 0 ? heap
                                       : model::kMappingsHeap,
                   .sampleInterval = isSampled && isMalloc ? 4096U : 0U});
  }
  v1::Summary& summary = builder.summary();
  summary.mutable_info()->add_command("odd \"program\"\n");
  summary.mutable_info()->set_pid(4711);
  summary.mutable_info()->set_state(v1::SESSION_COMPLETE);
  summary.mutable_info()->set_started_at_unix_ns(1'700'000'000'000'000'000);
  summary.mutable_info()->set_duration_ns(1'500'000'000);
  summary.set_executable("/usr/bin/odd");
  summary.set_peak_at_ns(800'000'000);
  const client::Profile profile = builder.profile();
  std::vector<model::Estimates> sums(profile.definitions.heaps());
  for (std::size_t i = 0; i < profile.definitions.pairs.size(); ++i) {
    const model::Pair& pair = profile.definitions.pairs[i];
    sums[index(pair.heap)].add(pair, profile.counts->pairs[i]);
  }
  summary.set_allocations(sums[0].allocated.blocks());
  summary.set_frees(sums[0].freed.blocks());
  summary.set_allocated_bytes(sums[0].allocated.bytes());
  summary.set_live_blocks(sums[0].live.blocks());
  summary.set_live_bytes(sums[0].live.bytes());
  summary.set_peak_bytes(sums[0].atPeak.bytes());
  summary.set_temporary_allocations(sums[0].temporary.blocks());
  for (std::size_t i = 1; i < sums.size(); ++i) {
    v1::HeapReport& other = *summary.add_heaps();
    other.set_id(static_cast<std::uint32_t>(i));
    other.set_name(profile.definitions.heapName(static_cast<model::HeapId>(i)));
    other.set_allocations(sums[i].allocated.blocks());
    other.set_allocated_bytes(sums[i].allocated.bytes());
    other.set_live_blocks(sums[i].live.blocks());
    other.set_live_bytes(sums[i].live.bytes());
    other.set_peak_bytes(sums[i].atPeak.bytes());
  }
  Subject subject{.title = "odd.heaptap", .profile = builder.profile()};
  subject.timeline.set_bucket_ns(500'000'000);
  for (const std::uint64_t live : {summary.peak_bytes() / 2, summary.peak_bytes(), summary.live_bytes()}) {
    subject.timeline.add_max_live_bytes(live);
    subject.timeline.add_live_bytes(live);
    subject.timeline.add_allocations(10);
    subject.timeline.add_frees(9);
  }
  return subject;
}

std::uint64_t sumInSummary(const v1::Summary& summary, Cost cost) {
  switch (cost) {
    case Cost::Live:
    case Cost::Leaked: return summary.live_bytes();
    case Cost::Peak: return summary.peak_bytes();
    case Cost::Allocations: return summary.allocations();
    case Cost::Bytes: return summary.allocated_bytes();
    case Cost::Temporary: return summary.temporary_allocations();
  }
  return 0;
}

}  // namespace heaptap::exporting::test
