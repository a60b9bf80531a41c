// SPDX-License-Identifier: Apache-2.0
//
// Programs with the tracing allocator compiled in: recorded under `heaptap run`, and by their environment
// alone.
#include <gmock/gmock.h>
#include <signal.h>

#include <set>
#include <sstream>

#include "tests/e2e/preloaded.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string linkedProgram(const std::string& name) { return LINKED_PROGRAMS "/" + name; }

/// What a program has counted itself, and printed.
struct OwnCount {
  std::int64_t allocations = 0;
  std::int64_t bytes = 0;
  std::int64_t frees = 0;
};
OwnCount countOf(const Outcome& outcome) {
  OwnCount count;
  std::istringstream text(outcome.out);
  EXPECT_TRUE(text >> count.allocations >> count.bytes >> count.frees) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_GT(count.allocations, 70) << "the program did nothing";
  return count;
}

/// The sites whose blocks came by one of these entry points.
std::vector<json> sitesBy(const Report& report, const std::set<std::string>& entryPoints) {
  std::vector<json> sites;
  for (const json& site : report.report().at("sites"))
    if (entryPoints.contains(site.at("entryPoints").at(0).get<std::string>())) sites.push_back(site);
  return sites;
}

const std::set<std::string> kOfTheAllocator{"operator new", "operator new[]", "aligned operator new",
                                            "a heap of its own", "Rust's global allocator"};

/// Whether one of the innermost frames is of this function: in Rust, those of Box and Vec come before it.
bool passesThrough(const json& stack, std::string_view function) {
  constexpr std::size_t kDepth = 8;
  for (std::size_t i = 0; stack.is_array() && i < stack.size() && i < kDepth; ++i)
    if (stack[i].at("function").is_string() &&
        stack[i]["function"].get<std::string>().find(function) != std::string::npos)
      return true;
  return false;
}

/// The only site through it.
json siteThrough(const Report& report, std::string_view function) {
  json found;
  for (const json& site : report.report().at("sites")) {
    if (!passesThrough(site.at("stack"), function)) continue;
    EXPECT_TRUE(found.is_null()) << "two sites through " << function;
    found = site;
  }
  EXPECT_FALSE(found.is_null()) << "no site through " << function << ":\n"
                                << report.report().at("sites").dump(1).substr(0, 6000);
  return found.is_null() ? json::object() : found;
}

/// Both languages' known heaps leave the same blocks behind.
void expectKnownLeaks(const Report& report, const std::vector<const char*>& functions) {
  EXPECT_EQ(siteThrough(report, functions[0]).value("blocks", 0), 10);
  EXPECT_EQ(siteThrough(report, functions[0]).value("bytes", 0), 1000);
  EXPECT_EQ(siteThrough(report, functions[1]).value("bytes", 0), 4096);
  EXPECT_EQ(siteThrough(report, functions[2]).value("bytes", 0), 8000);
  const json churn = siteThrough(report, functions[3]);
  EXPECT_EQ(churn.value("allocations", 0), 50);
  EXPECT_EQ(churn.value("blocks", -1), 0);
  EXPECT_EQ(churn.value("temporaries", 0), 50);
  EXPECT_TRUE(report.report().at("findings").empty()) << report.report().at("findings").dump(1);
}

void expectNoFrameOfTheAllocator(const Report& report) {
  for (const json& site : sitesBy(report, kOfTheAllocator)) {
    ASSERT_FALSE(site.at("stack").empty()) << site.dump(1);
    const std::string function = site["stack"][0].value("function", "");
    const std::string first = function.substr(0, function.find('<'));  // Without what it is a template of.
    for (const char* part : {"heaptap::", "operator new", "__rust", "alloc::alloc::", "raw_vec", "grow_one"})
      EXPECT_EQ(first.find(part), std::string::npos) << first;
  }
}

const std::vector<const char*> kInCpp{"leakTen", "leakAPage", "leakZeros", "churn()"};
const std::vector<const char*> kInRust{"leak_ten", "leak_a_page", "leak_zeros", "churn"};

struct Program {
  const char* name;
  std::string path;
  const std::vector<const char*>* functions;
  friend void PrintTo(const Program& program, std::ostream* out) { *out << program.path; }
};

/// Under `heaptap run`, what libc allocates for itself is recorded too; everything else exactly once.
class LinkedUnderRun : public testing::TestWithParam<Program> {};

TEST_P(LinkedUnderRun, CountsEachBlockOnceAsWhatItsOutermostLayerIs) {
  const Recording recording({GetParam().path});
  const OwnCount own = countOf(recording.outcome());
  recording.expectConservation();
  const auto sites = sitesBy(recording, kOfTheAllocator);
  EXPECT_EQ(sum(sites, "allocations"), own.allocations);
  EXPECT_EQ(sum(sites, "allocatedBytes"), own.bytes);
  EXPECT_EQ(sum(sites, "allocations") - sum(sites, "blocks"), own.frees);
  expectKnownLeaks(recording, *GetParam().functions);
  expectNoFrameOfTheAllocator(recording);
}

/// Without anything but HEAPTAP_COLLECTOR.
class LinkedAlone : public PreloadedTest, public testing::WithParamInterface<Program> {
 protected:
  Environment environment(const std::string& collector) const {
    Environment environment = preloaded(collector);
    environment["LD_PRELOAD"] = std::nullopt;
    return environment;
  }
};

TEST_P(LinkedAlone, RecordsWhatTheProgramCountsAndNothingElse) {
  Daemon daemon;
  const Outcome outcome = run({GetParam().path}, environment(daemon.address()));
  const OwnCount own = countOf(outcome);
  const auto files = daemon.waitForSessions(1);
  ASSERT_EQ(files.size(), 1U) << outcome.err;
  const Report report(files[0]);
  report.expectConservation();
  EXPECT_EQ(report["allocations"], own.allocations);
  EXPECT_EQ(report["allocatedBytes"], own.bytes);
  EXPECT_EQ(report["frees"], own.frees);
  expectKnownLeaks(report, *GetParam().functions);
  expectNoFrameOfTheAllocator(report);
}

TEST_P(LinkedAlone, FollowsForks) {
  Daemon daemon;
  const Outcome outcome = run({GetParam().path, "fork"}, environment(daemon.address()));
  const OwnCount own = countOf(outcome);
  const auto files = daemon.waitForSessions(2);
  ASSERT_EQ(files.size(), 2U) << outcome.err;
  std::multiset<std::int64_t> counts;
  for (const fs::path& file : files) {
    const Report report(file);
    EXPECT_EQ(report["droppedEvents"], 0);
    EXPECT_EQ(report["unmatchedFrees"], 0);
    counts.insert(report["allocations"]);
  }
  EXPECT_EQ(counts, (std::multiset<std::int64_t>{10, own.allocations}));
}

TEST_P(LinkedAlone, DoesNothingWhenNobodyAsks) {
  const Outcome outcome = run({GetParam().path}, environment({}));
  countOf(outcome);
  EXPECT_EQ(outcome.err,
            "heaptap: not recorded: this user has no relay; set HEAPTAP_COLLECTOR, HEAPTAP_BUFFER or "
            "HEAPTAP_RELAY\n");
  EXPECT_EQ(relay(), 0);
}

std::string nameOf(const testing::TestParamInfo<Program>& program) { return program.param.name; }

INSTANTIATE_TEST_SUITE_P(Cpp, LinkedUnderRun,
                         testing::Values(Program{"linked", linkedProgram("known_heap"), &kInCpp},
                                         Program{"notLinked", linkedProgram("known_heap_alone"), &kInCpp},
                                         Program{"withoutPie", linkedProgram("known_heap_no_pie"), &kInCpp},
                                         Program{"notOptimised", linkedProgram("known_heap_slow"), &kInCpp},
                                         Program{"ownRuntime", linkedProgram("known_heap_own_runtime"),
                                                 &kInCpp}),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Cpp, LinkedAlone,
                         testing::Values(Program{"optimised", linkedProgram("known_heap"), &kInCpp},
                                         Program{"notOptimised", linkedProgram("known_heap_slow"), &kInCpp},
                                         Program{"ownRuntime", linkedProgram("known_heap_own_runtime"),
                                                 &kInCpp}),
                         nameOf);
#ifdef RUST_PROGRAMS
INSTANTIATE_TEST_SUITE_P(Rust, LinkedUnderRun,
                         testing::Values(Program{"notLinked", RUST_PROGRAMS "/known_heap", &kInRust},
                                         Program{"linkedWithPanicAbort", RUST_PROGRAMS_LINKED "/known_heap",
                                                 &kInRust}),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Rust, LinkedAlone,
                         testing::Values(Program{"panicAbort", RUST_PROGRAMS_LINKED "/known_heap", &kInRust}),
                         nameOf);
#endif

/// Programs that say no word about heaptap when it is not there.
class LinkedWithoutTheLibrary : public PreloadedTest {
 protected:
  Outcome runAlone(const std::string& program) const {
    Environment environment = preloaded("unix:/nowhere/collector.sock");
    environment["LD_PRELOAD"] = std::nullopt;
    return run({program}, environment);
  }
};

TEST_F(LinkedWithoutTheLibrary, StartAndRun) {
  for (const char* name : {"known_heap_alone", "known_heap_no_pie", "known_heap_static"}) {
    const Outcome outcome = runAlone(linkedProgram(name));
    countOf(outcome);
    EXPECT_EQ(outcome.err, "") << name;
  }
#ifdef RUST_PROGRAMS
  countOf(runAlone(RUST_PROGRAMS "/known_heap"));
#endif
}

TEST_F(LinkedWithoutTheLibrary, AreRecordedByThemselvesOnceItIsPreloaded) {
  Daemon daemon;
  Environment environment = preloaded(daemon.address());
  environment["LD_PRELOAD"] = CAPTURE_LIBRARY;
  const OwnCount own = countOf(run({linkedProgram("known_heap_alone")}, environment));
  const auto files = daemon.waitForSessions(1);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(Report(files[0])["allocations"], own.allocations);
}

/// A finding with both stacks in this function.
json findingIn(const Report& report, std::string_view function) {
  for (const json& finding : report.report().at("findings"))
    if (passesThrough(finding.at("freeStack"), function) &&
        passesThrough(finding.at("allocationStack"), function))
      return finding;
  ADD_FAILURE() << "no finding in " << function << ":\n" << report.report().at("findings").dump(1);
  return json::object();
}

void expectLayoutFindings(const Report& report, const char* smaller, const char* lessAligned,
                          const char* larger) {
  const json size = findingIn(report, smaller);
  EXPECT_EQ(size.value("kind", ""), "wrongSize");
  EXPECT_EQ(size.value("bytes", 0), 64);
  EXPECT_EQ(size.value("declaredBytes", 0), 63);
  const json alignment = findingIn(report, lessAligned);
  EXPECT_EQ(alignment.value("kind", ""), "wrongAlignment");
  EXPECT_EQ(alignment.value("alignment", 0), 64);
  EXPECT_EQ(alignment.value("declaredAlignment", 0), 16);
  const json grown = findingIn(report, larger);
  EXPECT_EQ(grown.value("kind", ""), "wrongSize");
  EXPECT_EQ(grown.value("bytes", 0), 40);
  EXPECT_EQ(grown.value("declaredBytes", 0), 48);
}

void expectMismatch(const Report& report, const char* function, const char* allocatedBy,
                    const char* freedBy) {
  const json finding = findingIn(report, function);
  EXPECT_EQ(finding.value("kind", ""), "mismatchedFree") << function;
  EXPECT_EQ(finding.value("allocatedBy", ""), allocatedBy);
  EXPECT_EQ(finding.value("freedBy", ""), freedBy);
}

void expectCppFindings(const Report& report) {
  expectLayoutFindings(report, "freeAsSmaller", "freeAsLessAligned", "growAsLarger");
  expectMismatch(report, "deleteAnArray", "operator new[]", "sized operator delete");
  expectMismatch(report, "deleteAHeapBlock", "a heap of its own", "operator delete");
}

class LinkedFindings : public LinkedWithoutTheLibrary {
 protected:
  Report recorded(const std::string& program) {
    Environment environment = preloaded(m_daemon.address());
    environment["LD_PRELOAD"] = std::nullopt;
    const Outcome outcome = run({program}, environment);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const auto files = m_daemon.waitForSessions(1);
    return Report(files.at(0));
  }
  Daemon m_daemon;
};

TEST_F(LinkedFindings, AreThoseOfLayoutsAndEntryPoints) {
  const Report report = recorded(linkedProgram("wrong_frees"));
  expectCppFindings(report);
  EXPECT_EQ(report["findings"], 5);
}

TEST_F(LinkedFindings, AreTheSameUnderRunWithThoseOfMallocBesides) {
  const Recording recording({linkedProgram("wrong_frees"), "free"});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  expectCppFindings(recording);
  expectMismatch(recording, "freeByMalloc", "a heap of its own", "free");
  EXPECT_EQ(recording["findings"], 6);
  const std::string text =
      runProcess({.argv = {HEAPTAP_COMMAND, "report", recording.folder() / "recording.heaptap"}}).out;
  for (const char* words : {"wrong size: a heap of its own of 63 bytes",
                            "wrong alignment: a heap of its own of a block aligned to 16, allocated to 64"})
    EXPECT_NE(text.find(words), std::string::npos) << words << " is missing in\n" << text;
}

TEST_F(LinkedFindings, OfLayersAreNoneAndEachCountsOnce) {
  const Report report = recorded(linkedProgram("adapters"));
  report.expectConservation();
  EXPECT_TRUE(report.report().at("findings").empty()) << report.report().at("findings").dump(1);
  EXPECT_EQ(report.siteIn("leakTwiceTraced").value("blocks", 0), 20);
  EXPECT_EQ(report.siteIn("leakTwiceTraced").value("bytes", 0), 220);
  EXPECT_EQ(report.siteIn("keepsErrno").value("allocations", 0), 1);
  EXPECT_EQ(sum(report.sitesIn("growTwiceTraced"), "allocatedBytes"), 400);
  EXPECT_EQ(siteThrough(report, "leakInside").value("blocks", 0), 3) << "a layer that is gone still answers";
  EXPECT_EQ(report["allocations"], 20 + 2 + 3 + 1);
  const Recording recording({linkedProgram("adapters")});
  EXPECT_EQ(sum(sitesBy(recording, kOfTheAllocator), "allocations"), 20 + 2 + 3 + 1);
  EXPECT_TRUE(recording.sitesIn("Wasteful").empty()) << "malloc inside a layer";
}

TEST_F(LinkedFindings, OfOutOfMemoryAreMarksAndNotTooMany) {
  const Report report = recorded(linkedProgram("adapters"));
  const json& marks = report.report().at("summary").at("marks");
  ASSERT_EQ(marks.size(), 16U) << marks.dump(1);
  EXPECT_EQ(marks[0].at("name"), "out of memory: 4321 bytes, aligned to 32");
}

/// What `every_entry_point` does from main, by its entry points.
std::map<std::string, std::int64_t> entryPointsIn(const Report& report) {
  std::map<std::string, std::int64_t> found;
  for (const json& site : report.report().at("sites")) {
    if (!passesThrough(site.at("stack"), "onceEach") && !passesThrough(site.at("stack"), "whatDoesNotCount"))
      continue;
    for (const json& entryPoint : site.at("entryPoints"))
      found[entryPoint.get<std::string>()] += site.at("allocations").get<std::int64_t>();
  }
  return found;
}

const std::map<std::string, std::int64_t> kEachOnce{
    {"malloc", 2},   {"calloc", 1}, {"realloc", 1},        {"reallocarray", 1}, {"aligned_alloc", 1},
    {"memalign", 1}, {"valloc", 1}, {"posix_memalign", 1}, {"pvalloc", 1},      {"operator new", 1}};

TEST_F(LinkedFindings, InMallocsPlaceEveryFunctionCountsOnceAndAsItself) {
  const Report report = recorded(linkedProgram("routed_malloc"));
  report.expectConservation();
  EXPECT_EQ(entryPointsIn(report), kEachOnce);
  EXPECT_TRUE(report.report().at("findings").empty()) << report.report().at("findings").dump(1);
  const Recording recording({linkedProgram("routed_malloc")});
  recording.expectConservation();
  EXPECT_EQ(recording.outcome().err, "") << "a warning of a malloc that is not seen";
  EXPECT_EQ(recording.report().dump().find("defines malloc itself"), std::string::npos);
  EXPECT_EQ(entryPointsIn(recording), kEachOnce);
}

#ifdef RUST_PROGRAMS
TEST_F(LinkedFindings, OfRustAreThoseOfLayouts) {
  const Report report = recorded(RUST_PROGRAMS_LINKED "/wrong_layouts");
  expectLayoutFindings(report, "free_as_smaller", "free_as_less_aligned", "grow_as_larger");
  EXPECT_EQ(report["findings"], 3);
}

TEST_F(LinkedFindings, OfRustAreTheSameUnderRunWithThoseOfMallocBesides) {
  const Recording recording({RUST_PROGRAMS "/wrong_layouts", "free"});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  expectLayoutFindings(recording, "free_as_smaller", "free_as_less_aligned", "grow_as_larger");
  expectMismatch(recording, "free_by_malloc", "Rust's global allocator", "free");
  EXPECT_EQ(recording["findings"], 4);
}

TEST_F(LinkedFindings, OfRustOutOfMemorySurviveTheAbort) {
  Environment environment = preloaded(m_daemon.address());
  environment["LD_PRELOAD"] = std::nullopt;
  const Outcome outcome = run({RUST_PROGRAMS_LINKED "/out_of_memory"}, environment);
  EXPECT_EQ(outcome.status, 128 + SIGABRT) << outcome.err;
  const Report report(m_daemon.waitForSessions(1).at(0));
  const json& marks = report.report().at("summary").at("marks");
  ASSERT_EQ(marks.size(), 2U) << marks.dump(1);
  EXPECT_EQ(marks[0].at("name"), "out of memory: 70368744177664 bytes, aligned to 1");
  EXPECT_EQ(siteThrough(report, "leak_before").value("bytes", 0), 777);
}

TEST_F(LinkedFindings, InMixedProgramsEachLanguageHasItsOwnBlocks) {
  const Report report = recorded(linkedProgram("mixed"));
  report.expectConservation();
  EXPECT_TRUE(report.report().at("findings").empty()) << report.report().at("findings").dump(1);
  const json rust = siteThrough(report, "leak_in_rust");
  EXPECT_EQ(rust.value("blocks", 0), 7);
  EXPECT_EQ(rust.value("bytes", 0), 7 * 48);
  EXPECT_EQ(rust.at("entryPoints"), json{"Rust's global allocator"});
  const json cpp = report.siteIn("leakInCpp");
  EXPECT_EQ(cpp.value("blocks", 0), 5);
  EXPECT_EQ(cpp.at("entryPoints"), json{"operator new"});
}
#endif

}  // namespace
}  // namespace heaptap::test
