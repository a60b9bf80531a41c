// SPDX-License-Identifier: Apache-2.0
//
// How long questions about a session's past take, of a file with many events: a Markdown table of medians.
//   instants_bench SESSION [REPEATS]
// Times are those of the wall clock, and the CPU time of the process, without its start. The file's pages are
// in memory after the first look.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "client/call_tree.h"
#include "client/files/file_source.h"
#include "client/filter.h"
#include "client/stack_costs.h"
#include "sql/query/session_query.h"

namespace heaptap {
namespace {

using Clock = std::chrono::steady_clock;

/// The value, or the end of the program.
template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "instants_bench: %s\n", result.error().line().c_str());
  std::exit(1);
}

/// Rows are read and not looked at.
class NoRows : public sql::RowSink {
 public:
  void begin(const std::vector<std::string>&) override {}
  bool row(std::span<const sql::Value>) override { return true; }
  void end() override {}
};

class Bench {
 public:
  Bench(std::string file, int repeats)
      : m_file(std::move(file)), m_repeats(repeats), m_id(must(m_source.addFile(m_file))) {
    m_summary = must(m_source.summary(m_id, {}));
    m_now = must(m_source.profile(m_id, {}, {}));
  }

  void run() {
    std::printf("%llu allocations and %llu frees, %.1f s, %d repeats\n\n",
                static_cast<unsigned long long>(m_summary.allocations()),
                static_cast<unsigned long long>(m_summary.frees()),
                static_cast<double>(m_summary.info().duration_ns()) / 1e9, m_repeats);
    std::printf("| question | median, s | longest, s | CPU, median, s |\n|---|---|---|---|\n");
    measure("open to the first summary", [this] {
      client::FileSource source;
      must(source.summary(must(source.addFile(m_file)), {}));
    });
    measure("open to the first profile", [this] {
      client::FileSource source;
      must(source.profile(must(source.addFile(m_file)), {}, {}));
    });
    measure("counts at T", [this] { must(m_source.profile(m_id, {.at = anyTime()}, {})); });
    measure("difference of two instants", [this] {
      must(m_source.profile(m_id, {.at = anyTime()}, {}));
      must(m_source.profile(m_id, {.at = anyTime()}, {}));
    });
    measure("growth in [A, B], of any length", [this] {
      const auto [from, to] = std::minmax({anyNs(), anyNs()});
      must(m_source.profile(m_id, {.at = client::When::time(to), .from = client::When::time(from)}, {}));
    });
    measure("growth in [A, B], a hundredth", [this] {
      const std::uint64_t from = anyNs() / 100 * 99;
      const std::uint64_t to = from + m_summary.info().duration_ns() / 100;
      must(m_source.profile(m_id, {.at = client::When::time(to), .from = client::When::time(from)}, {}));
    });
    measure("filtered call tree over everything", [this] {
      const client::Filter filter{.minSize = 64};
      const auto match = must(client::FilterMatch::of(m_now, filter));
      const client::CallTree tree(m_now, client::StackCosts(m_now, client::Cost::AllocatedBytes, match));
      if (tree.nodes().empty()) std::abort();
    });
    measure("1,000 blocks at T by address range", [this] {
      must(m_source.blocks(m_id, anyTime(), {.fromAddress = 1, .toAddress = ~std::uint64_t{0} >> 1}, {}));
    });
    measure("timeline, all of it in 1,000 steps", [this] { must(m_source.timelineSteps(m_id, {}, {}, {})); });
    measure("timeline, a hundredth in 1,000 steps", [this] { zoom(100); });
    measure("timeline, a ten thousandth in 1,000 steps", [this] { zoom(10'000); });
    measure("threads and call sites over time, all of it", [this] { series(1); });
    measure("threads and call sites over time, a third", [this] { series(3); });
    measure("threads and call sites over time, a twentieth", [this] { series(20); });
    measure("threads and call sites over time, a thousandth", [this] { series(1'000); });
    measure("threads over time, all of it, steps as wide as asked for",
            [this] { must(m_source.timelineSeries(m_id, {.steps = 1'000, .lanes = 8}, {}, {})); });
    measure("thread matrix, a hundredth", [this] {
      const std::uint64_t from = anyNs() / 100 * 99;
      must(m_source.threadMatrix(
          m_id, {.afterNs = from, .untilNs = from + m_summary.info().duration_ns() / 100}, {}, {}));
    });
    measure("thread matrix, all of it", [this] { must(m_source.threadMatrix(m_id, {}, {}, {})); });
    ask("select count(*), sum(size) from events");
    ask("select count(*), sum(size) from blocks_at('50%')");
  }

 private:
  std::uint64_t anyNs() { return m_random() % (m_summary.info().duration_ns() + 1); }
  v1::Instant anyTime() { return client::When::time(anyNs()); }
  void zoom(std::uint64_t part) {
    const std::uint64_t width = m_summary.info().duration_ns() / part + 1;
    const std::uint64_t from = anyNs() / part * (part - 1);
    must(m_source.timelineSteps(m_id, {.fromNs = from, .toNs = from + width}, {}, {}));
  }
  /// As the viewer asks.
  void series(std::uint64_t part) {
    std::vector<std::vector<model::PairId>> groups(64);
    for (std::size_t pair = 0; pair < m_now.definitions.pairs.size(); ++pair)
      groups[pair % groups.size()].push_back(static_cast<model::PairId>(pair));
    const std::uint64_t width = m_summary.info().duration_ns() / part + 1;
    const std::uint64_t from = part == 1 ? 0 : anyNs() / part * (part - 1);
    must(m_source.timelineSeries(
        m_id,
        {.fromNs = from, .toNs = from + width, .steps = 1'000, .groups = groups, .lanes = 8, .mayMove = true},
        {}, {}));
  }
  void ask(const std::string& statement) {
    measure(statement, [&] {
      const std::atomic<bool> isInterrupted = false;
      auto query = must(sql::SessionQuery::open(m_file, {}, isInterrupted, [] {}));
      NoRows rows;
      if (auto done = query.run(statement, rows); !done) {
        std::fprintf(stderr, "instants_bench: %s\n", done.error().line().c_str());
        std::exit(1);
      }
    });
  }
  void measure(const std::string& name, const std::function<void()>& question) {
    std::vector<double> took, cpu;
    for (int i = 0; i < m_repeats; ++i) {
      const auto begun = Clock::now();
      const std::clock_t used = std::clock();
      question();
      took.push_back(std::chrono::duration<double>(Clock::now() - begun).count());
      cpu.push_back(static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC);
    }
    std::sort(took.begin(), took.end());
    std::sort(cpu.begin(), cpu.end());
    std::printf("| %s | %.3f | %.3f | %.3f |\n", name.c_str(), took[took.size() / 2], took.back(),
                cpu[cpu.size() / 2]);
    std::fflush(stdout);
  }

  std::string m_file;
  int m_repeats;
  client::FileSource m_source;
  std::string m_id;
  v1::Summary m_summary;
  client::Profile m_now;
  std::mt19937_64 m_random{1};
};

}  // namespace
}  // namespace heaptap

int main(int count, char** arguments) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "usage: instants_bench SESSION [REPEATS]\n");
    return 2;
  }
  heaptap::Bench(arguments[1], count == 3 ? std::max(1, std::atoi(arguments[2])) : 9).run();
}
