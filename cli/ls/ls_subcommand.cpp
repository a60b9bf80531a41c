// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/ls/ls_command.h"
#include "cli/options.h"
#include "cli/subcommands.h"

namespace heaptap::cli {
namespace {

constexpr const char* kLsExamples = R"(
Examples:
  heaptap ls                              session files in this folder
  heaptap ls results old.heaptap          in another folder, and one file
  heaptap ls --collector build-host:7070  what a collector has, live sessions too)";

class LsSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("ls", "List sessions, newest first");
    app.footer(kLsExamples);
    app.add_option("FOLDER|FILE", m_options.paths, "Where to look [this folder]")->type_name("");
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return lsCommand(m_options); }

 private:
  LsOptions m_options;
};

}  // namespace

NewSubcommand lsSubcommand() { return std::make_unique<LsSubcommand>(); }

}  // namespace heaptap::cli
