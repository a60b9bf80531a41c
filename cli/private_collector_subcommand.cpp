// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/private_collector.h"
#include "cli/subcommands.h"

namespace heaptap::cli {
namespace {

class PrivateCollectorSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("private-collector", "Host the collector of one run");
    app.group("");  // Hidden: started by `run` only.
    app.add_option("--socket", m_options.socket)->required();
    app.add_option("--output", m_options.output);
    app.add_option("--directory", m_options.directory);
    app.add_flag("--force", m_options.force);
    app.add_option("--max-file", m_options.maxFileBytes);
    app.add_option("--control-fd", m_options.controlDescriptor)->required();
    return app;
  }

  int run() override { return privateCollector(m_options); }

 private:
  PrivateCollectorOptions m_options;
};

}  // namespace

NewSubcommand privateCollectorSubcommand() { return std::make_unique<PrivateCollectorSubcommand>(); }

}  // namespace heaptap::cli
