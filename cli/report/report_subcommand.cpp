// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/report/report_command.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {
namespace {

constexpr const char* kReportExamples = R"(
Examples:
  heaptap report jq.4711.heaptap                       summary, leaks, top sites
  heaptap report --leaks --top 0 jq.4711.heaptap       every leak
  heaptap report --json jq.4711.heaptap | jq .summary  for programs: docs/report-json.md
  heaptap report --suppressions known.supp app.heaptap only what is not known yet
  heaptap report --at 12.5s app.heaptap                the heap as it was then (docs/time.md)
  heaptap report --from 10s --to 20s app.heaptap       what was allocated in between, and is still there
  heaptap report --tree make.heaptap                   a run of many programs as a whole
  heaptap report --thread worker --lifetime 10s- app.heaptap  what this thread allocated, and keeps long
  heaptap report --collector build-host:7070 3f2a      a session of a collector, by its id)";

class ReportSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app =
        *program.add_subcommand("report", "Print what a session shows: summary, leaks, top sites");
    app.footer(kReportExamples);
    addSession(app, m_options.session);
    app.add_flag("--json", m_options.json, "For programs: all leaks and sites as JSON");
    app.add_flag("--tree", m_options.tree, "The session and all that it forked, started and became, as one");
    app.add_flag("--leaks", m_options.leaksOnly, "Only the summary and the leaks");
    addTimes(app, m_options.times);
    addFilters(app, m_options.filters);
    addThread(app, m_options.blockFilters.thread);
    addLifetime(app, m_options.blockFilters.lifetime);
    app.add_option("--top", m_options.top, "Entries in each list, 0 for all [10 leaks, 5 sites; JSON: all]")
        ->type_name("N");
    addHeap(app, m_options.heap, "Leaks and sites of");
    addSuppressions(app, m_options.suppressions);
    app.add_flag("--all-frames", m_options.allFrames, "Frames of runtimes and the middle of long stacks too");
    app.add_flag("--expand", m_options.expand, "Of each place that leaks all stacks, not only the largest");
    app.add_flag("--full-names", m_options.fullNames, "Nothing is shortened, every frame is shown");
    addDisplay(app, m_options.display);
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return reportCommand(m_options); }

 private:
  ReportOptions m_options;
};

}  // namespace

NewSubcommand reportSubcommand() { return std::make_unique<ReportSubcommand>(); }

}  // namespace heaptap::cli
