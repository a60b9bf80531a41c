// SPDX-License-Identifier: Apache-2.0
//
// An input is SQL that a stranger has written, asked of a sound session.
#include <cstdlib>
#include <string_view>

#include "sql/query/session_query.h"
#include "tests/fuzz/seed_file.h"
#include "tests/fuzz/subject.h"

namespace heaptap::fuzz {
namespace {

using namespace std::chrono_literals;

/// Reads what is in the rows, up to some thousand of them.
class SomeRows : public sql::RowSink {
 public:
  void begin(const std::vector<std::string>&) override {}
  bool row(std::span<const sql::Value> values) override {
    for (const sql::Value& value : values)
      if (const auto* text = std::get_if<std::string_view>(&value))
        for (const char letter : *text) m_sum += static_cast<unsigned char>(letter);
    return ++m_rows < 5000;
  }
  void end() override {}

 private:
  unsigned m_rows = 0;
  unsigned m_sum = 0;
};

Verdict readText(std::span<const std::uint8_t> input) {
  static const SeedFile file(2, true);
  const std::atomic<bool> isInterrupted = false;
  // A statement that nothing ends is a finding.
  auto query = sql::SessionQuery::open(file.path(), {.time = 200ms, .memoryBytes = 64U << 20}, isInterrupted,
                                       [] { std::abort(); });
  if (!query) std::abort();
  SomeRows rows;
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  return query->run(text, rows) ? Verdict::Taken : Verdict::Refused;
}

std::vector<Bytes> textSeeds() {
  std::vector<Bytes> seeds;
  for (const std::string_view text :
       {"SELECT count(*), sum(size) FROM events WHERE kind = 'allocation' AND at_ns BETWEEN 100 AND 90000;",
        "SELECT s.function, count(*) FROM blocks_at('75%') b JOIN sites s ON s.id = b.site GROUP BY s.id;",
        "SELECT * FROM events WHERE address BETWEEN 0x10000 AND 0x20000 AND thread <> allocated_by LIMIT 9",
        "SELECT p.size, stack_text(s.stack) FROM pairs p JOIN sites s ON s.id = p.site ORDER BY 1 DESC",
        "SELECT t.name, f.* FROM threads t, findings f, marks m, modules d, timeline l, sessions LIMIT 5",
        "SELECT bytes(max(size)), seconds(min(at_ns)) FROM events; SELECT * FROM stacks(3)",
        "WITH r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 99) SELECT total(n) FROM r",
        "SELECT number, free_stack, lifetime_ns FROM events WHERE number > 5 AND pair IN (1, 2) ORDER BY "
        "size"})
    seeds.emplace_back(text.begin(), text.end());
  return seeds;
}

}  // namespace

Subject sqlTextSubject() { return {"sqlText", textSeeds, readText, 300}; }

}  // namespace heaptap::fuzz
