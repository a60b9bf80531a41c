// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"
#include "cli/threads/threads_command.h"
#include "client/profile_source.h"

namespace heaptap::cli {
namespace {

constexpr const char* kThreadsExamples = R"(
Examples:
  heaptap threads app.heaptap                         who allocated here, freed there
  heaptap threads --from 10s --to 20s app.heaptap     of that time (docs/time.md)
  heaptap threads --function parse --blocks app.heaptap
  heaptap threads --thread worker --top 20 app.heaptap  who frees what the worker allocates
  heaptap threads --csv app.heaptap > threads.csv)";

class ThreadsSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("threads", "Show which threads free what which threads allocate");
    app.footer(kThreadsExamples);
    addSession(app, m_options.session);
    addInterval(app, m_options.times);
    addFilters(app, m_options.filters);
    addThread(app, m_options.blockFilters.thread);
    addHeap(app, m_options.heap, "Blocks of");
    app.add_flag("--blocks", m_options.byBlocks, "The table counts blocks, not bytes");
    app.add_option("--top", m_options.top, "So many call sites, those that allocated most [5]")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{model::ThreadMatrixQuery::kMostGroups - 1}))
        ->type_name("N");
    auto* const json = app.add_flag("--json", m_options.json, "For programs: docs/time.md");
    app.add_flag("--csv", m_options.csv, "A line for each pair of threads")->excludes(json);
    app.add_flag("--full-names", m_options.fullNames, "Nothing is shortened");
    addDisplay(app, m_options.display);
    addCollector(app, m_options.collector);
    return app;
  }

  [[nodiscard]] std::string_view insteadOf(std::string_view option) const override {
    if (option == "--at")
      return "it is of an interval: --from TIME --to TIME; heaptap blocks --at is of an instant";
    if (option == "--lifetime")
      return "its last lines say how long blocks lived; heaptap report --lifetime chooses";
    return {};
  }

  int run() override { return threadsCommand(m_options); }

 private:
  ThreadsOptions m_options;
};

}  // namespace

NewSubcommand threadsSubcommand() { return std::make_unique<ThreadsSubcommand>(); }

}  // namespace heaptap::cli
