// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/diff/diff_command.h"
#include "cli/options.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {
namespace {

constexpr const char* kDiffExamples = R"(
Functions and stacks are matched by name: lines, addresses, inlining and other builds make no difference.

Examples:
  heaptap diff old.heaptap new.heaptap                 what is left at the end, regressions first
  heaptap diff --cost peak old.heaptap new.heaptap     what made the peak larger
  heaptap diff --before a1 a2 a3 --after b1 b2 b3      several runs of each: what varies is noise
  heaptap diff --at warm app.heaptap                   what has come since a snapshot, a mark, or a time
  heaptap diff app.heaptap@10s app.heaptap@50%         two moments of one session (docs/time.md)
  heaptap diff old.heaptap new.heaptap -o diff.html    a page: differential flame graph, tables
  heaptap diff --json old.heaptap new.heaptap          for programs: docs/comparing.md)";

class DiffSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("diff", "Compare sessions: what allocates more, and what less");
    app.footer(kDiffExamples);
    app.add_option("SESSION", m_options.sessions,
                   "The session before and the one after, each perhaps with @TIME; or one, with --at")
        ->type_name("");
    app.add_option("--before", m_options.before, "Several runs, to tell what has changed from what varies")
        ->type_name("SESSION...");
    app.add_option("--after", m_options.after, "Likewise, of the other side")->type_name("SESSION...");
    app.add_option("--cost", m_options.cost,
                   "leaked, live, blocks, peak, allocations, bytes or temporary [leaked]")
        ->type_name("COST");
    app.add_option_function<std::string>(
           "--by",
           [this](const std::string& word) {
             m_options.rows = word == "function" ? DiffRows::Functions : DiffRows::Sites;
           },
           "Only one of the two lists: function or site [both]")
        ->check(CLI::IsMember({"function", "site"}))
        ->type_name("ROWS");
    app.add_option("--at,--snapshot", m_options.times,
                   "Of one session: this moment and the end, or with a second --at, that moment")
        ->type_name("TIME")
        ->allow_extra_args(false);
    addHeap(app, m_options.heap, "Compare");
    auto* const format = app.add_option("-f,--format", m_options.format,
                                        "text, json, html or svg [by FILE's extension, or text]")
                             ->type_name("FORM");
    app.add_flag_callback(
           "--json", [this] { m_options.format = "json"; }, "The same as --format json")
        ->excludes(format);
    app.add_option("-o,--output", m_options.output, "File to write, replaced when all is written [-]")
        ->type_name("FILE");
    app.add_option("--top", m_options.top, "Entries in each list, 0 for all [10; JSON: all; a page: 2000]")
        ->type_name("N");
    app.add_flag("--all-frames", m_options.allFrames, "Frames of runtimes and the middle of long stacks too");
    app.add_flag("--full-names", m_options.fullNames, "Nothing is shortened, every frame is shown");
    addDisplay(app, m_options.display);
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return diffCommand(m_options); }

 private:
  DiffOptions m_options;
};

}  // namespace

NewSubcommand diffSubcommand() { return std::make_unique<DiffSubcommand>(); }

}  // namespace heaptap::cli
