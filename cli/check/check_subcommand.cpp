// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/check/check_command.h"
#include "cli/check/gate_arguments.h"
#include "cli/options.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {
namespace {

constexpr const char* kCheckExamples = R"(
Returns 0 where all is as it should be, and 10 where not. Without a policy, any leak of the program's own code
fails that is not suppressed, and any wrong use of the heap. docs/ci.md has recipes.

Examples:
  heaptap check app.heaptap                              any leak, any wrong use
  heaptap check --policy heaptap.toml app.heaptap        limits and rules of your own
  heaptap check --write-baseline heaptap.json a1 a2 a3   what is so now, of three runs
  heaptap check --baseline heaptap.json app.heaptap      what is worse than that
  heaptap check --format junit=heaptap.xml *.heaptap     for a build server
  heaptap run --check -- ./app_test                      record and check in one step)";

class CheckSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("check", "Fail where sessions leak, or break a policy");
    app.footer(kCheckExamples);
    app.add_option("SESSION", m_options.sessions, "Session files; with --collector ids or their beginnings")
        ->required()
        ->type_name("");
    addGateArguments(app, m_options.gate, nullptr);
    addColour(app, m_options.gate.colour);
    addQuiet(app, m_options.gate.isQuiet);
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return checkCommand(m_options); }

 private:
  CheckOptions m_options;
};

}  // namespace

NewSubcommand checkSubcommand() { return std::make_unique<CheckSubcommand>(); }

}  // namespace heaptap::cli
