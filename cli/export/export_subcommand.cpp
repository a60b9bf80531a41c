// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/export/export_command.h"
#include "cli/options.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {
namespace {

class ExportSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("export", "Write a session in a format that other programs read");
    app.footer(exportHelp());
    addSession(app, m_options.session);
    app.add_option("-f,--format", m_options.format, "One of those below [by FILE's extension]")
        ->type_name("FORMAT");
    app.add_option("-o,--output", m_options.output, "File to write, replaced when all is written [-]")
        ->type_name("FILE");
    app.add_option("--cost", m_options.cost,
                   "The number of each stack, or the one that is shown first [peak]")
        ->type_name("COST");
    addTimes(app, m_options.times);
    addHeap(app, m_options.heap, "Export");
    addSuppressions(app, m_options.suppressions);
    addQuiet(app, m_options.isQuiet);
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return exportCommand(m_options); }

 private:
  ExportOptions m_options;
};

}  // namespace

NewSubcommand exportSubcommand() { return std::make_unique<ExportSubcommand>(); }

}  // namespace heaptap::cli
