// SPDX-License-Identifier: Apache-2.0
//
// Heaps beside malloc's: mappings, and allocators that a program has named.
#include <gmock/gmock.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
constexpr int kPage = 4096;

Recording recordingOf(const char* what, const std::vector<std::string>& options = {}) {
  return Recording({recordedProgram("heaps"), what}, {}, {}, options);
}

/// The numbers of one heap; null when there is no such.
json heapOf(const Report& report, std::string_view name) {
  for (const auto& heap : report.report().at("summary").at("heaps"))
    if (heap.at("name") == name) return heap;
  return nullptr;
}

/// The sites of one heap whose innermost function is called so.
std::vector<json> sitesIn(const Report& report, std::string_view heap, std::string_view function) {
  std::vector<json> sites;
  for (const auto& site : report.report().at("heapSites"))
    if (site.at("heap") == heap &&
        site.at("stack").at(0).at("function").get<std::string>().find(function) != std::string::npos)
      sites.push_back(site);
  return sites;
}

TEST(Mappings, AreCountedForThemselves) {
  const Recording recording = recordingOf("mappings", {"--mmap"});
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  const json heap = heapOf(recording, "mappings");
  ASSERT_FALSE(heap.is_null());
  // 8 pages less 2, 4 pages, 3 pages, 5 pages less 1, and 60 bytes behind the data segment.
  EXPECT_EQ(heap.at("leakedBytes"), (6 + 4 + 3 + 4) * kPage + 60);
  EXPECT_EQ(heap.at("leakedBlocks"), 2 + 3 + 1 + 1 + 1);
  // Of the functions in that order: what was mapped, then what remains is begun anew.
  EXPECT_EQ(heap.at("allocations"), 3 + 4 + 3 + 2 + 2 + 1);
  EXPECT_EQ(heap.at("frees"), 1 + 1 + 2 + 1 + 1 + 1);
  EXPECT_EQ(heap.at("peakBytes"), (6 + 4 + 512) * kPage) << "while a mapping was large";
  EXPECT_EQ(recording["lostFrees"], 0);
  EXPECT_EQ(recording["unmatchedFrees"], 0);
  EXPECT_EQ(recording["findings"], 0);
}

TEST(Mappings, KeepTheSiteThatMappedThem) {
  const Recording recording = recordingOf("mappings", {"--mmap"});
  EXPECT_EQ(sum(sitesIn(recording, "mappings", "moveAround"), "bytes"), 3 * kPage);
  EXPECT_EQ(sum(sitesIn(recording, "mappings", "callTheKernel"), "bytes"), 4 * kPage);
  const std::vector<json> ofBreak = sitesIn(recording, "mappings", "moveTheBreak");
  ASSERT_EQ(ofBreak.size(), 1U) << "what remains is at the site of the first call";
  EXPECT_EQ(ofBreak[0].at("bytes"), 60);
  EXPECT_TRUE(ofBreak[0].at("temporaries").is_null()) << "only malloc's are told apart";
}

TEST(Mappings, AreNotRecordedUnlessAskedFor) {
  const Recording recording = recordingOf("mappings");
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_TRUE(recording.report().at("summary").at("heaps").empty());
  EXPECT_EQ(recording["allocations"], baseline()["allocations"]);
}

TEST(Mappings, DoNotChangeTheNumbersOfMallocsHeap) {
  const Recording without({recordedProgram("known_heap")});
  const Recording with({recordedProgram("known_heap")}, {}, {}, {"--mmap"});
  for (const char* number : {"allocations", "frees", "allocatedBytes", "peakBytes", "leakedBlocks",
                             "leakedBytes", "temporaryAllocations"})
    EXPECT_EQ(with[number], without[number]) << number;
  with.expectConservation();
}

TEST(NamedHeap, HasItsOwnNumbersExactly) {
  const Recording recording = recordingOf("pool");
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  const json heap = heapOf(recording, "test");
  ASSERT_FALSE(heap.is_null());
  EXPECT_EQ(heap.at("allocations"), 2);
  EXPECT_EQ(heap.at("allocatedBytes"), 65);
  EXPECT_EQ(heap.at("frees"), 1);
  EXPECT_EQ(heap.at("leakedBytes"), 40);
  EXPECT_EQ(heapOf(recording, "other").at("leakedBytes"), 7);
  EXPECT_EQ(recording["findings"], 0);
  EXPECT_EQ(recording["allocations"], baseline()["allocations"]) << "nothing of it is malloc's";
}

TEST(NamedHeap, RemembersWhatItHadAtItsPeak) {
  const Recording recording = recordingOf("peak");
  EXPECT_EQ(heapOf(recording, "test").at("peakBytes"), 310);
  const std::vector<json> sites = sitesIn(recording, "test", "takeBlock");
  EXPECT_EQ(sum(sites, "peakBytes"), 310);
  for (const json& site : sites)
    EXPECT_EQ(site.at("stack").at(0).at("line"), lineOf("heaps", "taken")) << site.dump(1);
}

TEST(NamedHeap, WrongFreesHaveBothStacks) {
  const Recording recording = recordingOf("wrong");
  const json& findings = recording.report().at("findings");
  ASSERT_EQ(findings.size(), 2U) << findings.dump(1);
  for (const auto& finding : findings) {
    EXPECT_EQ(finding.at("heap"), "test");
    EXPECT_THAT(finding.at("freeStack").at(0).at("function").get<std::string>(),
                testing::HasSubstr("giveBlock"));
  }
  const bool first = findings[0].at("kind") == "doubleFree";
  const json& twice = findings[first ? 0 : 1];
  EXPECT_EQ(twice.at("kind"), "doubleFree");
  EXPECT_EQ(twice.at("bytes"), 40);
  EXPECT_FALSE(twice.at("allocationStack").is_null());
  EXPECT_FALSE(twice.at("earlierFreeStack").is_null());
  EXPECT_EQ(findings[first ? 1 : 0].at("kind"), "unknownFree");
}

TEST(NamedHeap, ManyThreadsNameTheSameOne) {
  const Recording recording = recordingOf("threads");
  const json heap = heapOf(recording, "shared");
  ASSERT_FALSE(heap.is_null());
  EXPECT_EQ(heap.at("allocations"), 16'000);
  EXPECT_EQ(heap.at("frees"), 16'000);
  EXPECT_EQ(recording.report().at("summary").at("heaps").size(), 1U);
  EXPECT_EQ(recording["findings"], 0);
}

TEST(NamedHeap, AForkedChildGoesOnWithIt) {
  const Recording recording = recordingOf("child", {"--mmap"});
  int children = 0;
  for (const Report& report : reportsIn(recording.folder())) {
    EXPECT_EQ(report["findings"], 0);
    EXPECT_EQ(report["unmatchedFrees"], 0);
    if (report.text("parentSessionId").empty()) continue;
    ++children;
    EXPECT_EQ(heapOf(report, "test").at("allocatedBytes"), 25);
    EXPECT_EQ(heapOf(report, "test").at("frees"), 0) << "the block was its parent's";
    EXPECT_TRUE(heapOf(report, "mappings").is_null());
  }
  EXPECT_EQ(children, 1);
}

TEST(NamedHeap, DoesNothingWhereNobodyRecords) {
  const Outcome outcome = runProcess({.argv = {recordedProgram("heaps"), "pool"}});
  EXPECT_EQ(outcome.status, 0);
}

TEST(Mappings, OfAnAllocatorThatIsPreloadedAreRecordedInTheMiddleOfItsWork) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "heaptap itself would get that library in front of the sanitizer's runtime";
#endif
  const std::string library = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2";
  if (!std::filesystem::exists(library)) GTEST_SKIP() << "no jemalloc here";
  const Recording recording({recordedProgram("many_threads")}, {{"LD_PRELOAD", library}}, {}, {"--mmap"});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  const json heap = heapOf(recording, "mappings");
  ASSERT_FALSE(heap.is_null());
  EXPECT_GT(heap.at("peakBytes").get<std::int64_t>(), recording["peakBytes"]);
  recording.expectConservation();
}

}  // namespace
}  // namespace heaptap::test
