// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/control/control_command.h"
#include "cli/options.h"
#include "cli/subcommands.h"

namespace heaptap::cli {
namespace {

/// What is said to the relay of a running process: a command of the program for each kind.
class ControlSubcommand : public Subcommand {
 public:
  ControlSubcommand(const char* name, const char* description, v1::ControlCommand::Kind kind)
      : m_name(name), m_description(description) {
    m_options.command.set_kind(kind);
  }

  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand(m_name, m_description);
    app.add_option("PID", m_options.target, "Recorded process; with --collector also a session's id")
        ->required();
    if (namesMoment())
      app.add_option_function<std::string>(
             "NAME", [this](const std::string& text) { m_options.command.set_name(text); },
             "What this moment is called")
          ->required();
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return controlCommand(m_options); }

 private:
  [[nodiscard]] bool namesMoment() const {
    return m_options.command.kind() == v1::ControlCommand::KIND_MARK ||
           m_options.command.kind() == v1::ControlCommand::KIND_SNAPSHOT;
  }

  const char* m_name;
  const char* m_description;
  ControlOptions m_options;
};

NewSubcommand control(const char* name, const char* description, v1::ControlCommand::Kind kind) {
  return std::make_unique<ControlSubcommand>(name, description, kind);
}

}  // namespace

NewSubcommand pauseSubcommand() {
  return control("pause", "Record no allocations of a running process", v1::ControlCommand::KIND_PAUSE);
}
NewSubcommand resumeSubcommand() {
  return control("resume", "Record them again", v1::ControlCommand::KIND_RESUME);
}
NewSubcommand markSubcommand() {
  return control("mark", "Name this moment in the record of a running process",
                 v1::ControlCommand::KIND_MARK);
}
NewSubcommand snapshotSubcommand() {
  return control("snapshot", "Keep the whole heap of a running process as it is now, under a name",
                 v1::ControlCommand::KIND_SNAPSHOT);
}
NewSubcommand stopSubcommand() {
  return control("stop", "End the record; the process runs on", v1::ControlCommand::KIND_STOP);
}

}  // namespace heaptap::cli
