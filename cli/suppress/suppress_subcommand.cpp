// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/subcommands.h"
#include "cli/suppress/suppress_command.h"
#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {
namespace {

constexpr const char* kSuppressExamples = R"(
Examples:
  heaptap suppress app.4711.heaptap -o known.supp             what leaks today is known
  heaptap report --suppressions known.supp app.4712.heaptap   only what is new
  heaptap suppress --format valgrind app.4711.heaptap         by stacks, up to main, for valgrind, too)";

class SuppressSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("suppress", "Write suppressions for what a session has leaked");
    app.footer(kSuppressExamples);
    addSession(app, m_options.session);
    app.add_option("--format", m_options.format, "lsan (by function) or valgrind (by stack) [lsan]")
        ->type_name("SYNTAX");
    app.add_option("-o,--output", m_options.output, "File to write [standard output]")->type_name("FILE");
    app.add_flag("--force", m_options.force, "Replace an existing file");
    addHeap(app, m_options.heap, "Leaks of");
    addSuppressions(app, m_options.suppressions);
    addQuiet(app, m_options.isQuiet);
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return suppressCommand(m_options); }

 private:
  SuppressOptions m_options;
};

}  // namespace

NewSubcommand suppressSubcommand() { return std::make_unique<SuppressSubcommand>(); }

}  // namespace heaptap::cli
