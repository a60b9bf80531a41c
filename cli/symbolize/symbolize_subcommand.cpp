// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/subcommands.h"
#include "cli/symbolize/symbolize_command.h"

namespace heaptap::cli {
namespace {

constexpr const char* kSymbolizeExamples = R"(
For a session that was recorded where debug files were not at hand, or that comes from another machine. Binaries
and debug files are looked for by build id: one of another build is named, and not used. Names that the session has
stay, unless more is known now. docs/symbols.md says where names come from.

Examples:
  heaptap symbolize app.4711.heaptap --debug-dir build/debug
  heaptap symbolize app.4711.heaptap --sysroot /srv/images/app -o named.heaptap
  DEBUGINFOD_URLS=https://debuginfod.debian.net heaptap symbolize app.4711.heaptap --debuginfod)";

class SymbolizeSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("symbolize", "Give a stored session the names that it lacks");
    app.footer(kSymbolizeExamples);
    app.add_option("FILE", m_options.session, "Session file")->required()->type_name("");
    app.add_option("-o,--output", m_options.output, "Write a copy instead of changing FILE")
        ->type_name("FILE");
    app.add_flag("--force", m_options.force, "Replace an existing file with -o");
    addSearch(app, m_options.search);
    app.add_flag("-q,--quiet", m_options.quiet, "Say only what goes wrong");
    return app;
  }

  int run() override { return symbolizeCommand(m_options); }

 private:
  SymbolizeOptions m_options;
};

}  // namespace

NewSubcommand symbolizeSubcommand() { return std::make_unique<SymbolizeSubcommand>(); }

}  // namespace heaptap::cli
