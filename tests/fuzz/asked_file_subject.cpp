// SPDX-License-Identifier: Apache-2.0
//
// An input is a whole session file, of which all is asked that can be asked: in SQL, and of instants,
// intervals, threads and blocks.
#include <cstdlib>
#include <fstream>

#include "client/files/file_source.h"
#include "sql/query/session_query.h"
#include "tests/fuzz/seed_file.h"
#include "tests/fuzz/subject.h"

namespace heaptap::fuzz {
namespace {

using namespace std::chrono_literals;

class NoRows : public sql::RowSink {
 public:
  void begin(const std::vector<std::string>&) override {}
  bool row(std::span<const sql::Value>) override { return ++m_rows < 5000; }
  void end() override {}

 private:
  unsigned m_rows = 0;
};

void askInSql(const std::filesystem::path& file) {
  const std::atomic<bool> isInterrupted = false;
  auto query = sql::SessionQuery::open(file, {.time = 500ms, .memoryBytes = 128U << 20}, isInterrupted,
                                       [] { std::abort(); });
  if (!query) return;
  for (const char* statement :
       {"SELECT * FROM events", "SELECT count(*), sum(size), max(lifetime_ns) FROM events",
        "SELECT * FROM blocks_at('50%')", "SELECT * FROM blocks_at('peak') WHERE address > 70000",
        "SELECT *, stack_text(stack) FROM sites", "SELECT * FROM pairs", "SELECT * FROM threads",
        "SELECT * FROM modules", "SELECT * FROM frames", "SELECT * FROM timeline", "SELECT * FROM marks",
        "SELECT * FROM findings", "SELECT * FROM sessions", "SELECT * FROM stacks(5)"}) {
    NoRows rows;
    (void)query->run(statement, rows);
  }
}

void askOfTimes(client::FileSource& source, const std::string& id) {
  using client::When;
  for (const std::uint64_t ns : {std::uint64_t{0}, std::uint64_t{20'000}, ~std::uint64_t{0} >> 2}) {
    (void)source.profile(id, {.at = When::time(ns)}, {});
    (void)source.profile(id, {.at = When::time(ns), .from = When::time(ns / 2)}, {});
    (void)source.profile(id, {.at = When::time(ns), .only = {.threads = {model::ThreadIndex{0}}}}, {});
    (void)source.profile(
        id, {.at = When::time(ns), .from = When::time(1), .gone = true, .only = {.minLifetimeNs = 9}}, {});
    (void)source.blocks(id, When::time(ns), {}, {});
    (void)source.timelineSteps(id, {.fromNs = ns, .toNs = ns + 5'000, .steps = 9}, {}, {});
    (void)source.threadMatrix(id, {.afterNs = ns}, {}, {});
  }
  (void)source.timelineSteps(id, {}, {}, {});
  (void)source.timelineSeries(id, {.lanes = 3}, {}, {});
  (void)source.timelineSeries(id,
                              {.fromNs = 7'000,
                               .steps = 9,
                               .groups = {{model::PairId{0}, model::PairId{2}}, {model::PairId{1}}},
                               .lanes = 1},
                              {}, {});
  (void)source.threadMatrix(id, {.groups = {{model::PairId{0}, model::PairId{2}}, {model::PairId{1}}}}, {},
                            {});
  (void)source.lives(id, 0, ~std::uint64_t{0}, 100, {});
}

Verdict readAll(std::span<const std::uint8_t> input) {
  static const test::TemporaryFolder folder;
  const auto file = folder / "asked.heaptap";
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
  askInSql(file);
  client::FileSource source;
  const auto id = source.addFile(file);
  if (!id) return Verdict::Refused;
  askOfTimes(source, *id);
  return source.profile(*id, {}, {}) ? Verdict::Taken : Verdict::Refused;
}

std::vector<Bytes> fileSeeds() { return {fileOf(1, true), fileOf(3, true)}; }

}  // namespace

Subject askedFileSubject() { return {"askedFile", fileSeeds, readAll, 100}; }

}  // namespace heaptap::fuzz
