// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/doctor/doctor_command.h"
#include "cli/subcommands.h"

namespace heaptap::cli {
namespace {

constexpr const char* kDoctorExamples = R"(
Nothing is recorded, and nothing of COMMAND is run.

Examples:
  heaptap doctor                  this machine: kernel, clock, limits, space
  heaptap doctor ./server         and whether ./server can be recorded, with which names)";

class DoctorSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("doctor", "Check what recording needs, here and in a program");
    app.footer(kDoctorExamples);
    app.add_option("COMMAND", m_options.command, "The program that is to be recorded")->type_name("");
    return app;
  }

  /// As for `run`: what follows COMMAND is its own. The path decides, not the arguments.
  void takeWords(std::vector<std::string>& words) override {
    const auto command = std::find_if(words.begin(), words.end(),
                                      [](const std::string& word) { return !word.starts_with("-"); });
    if (command != words.end()) words.erase(command + 1, words.end());
  }

  int run() override { return doctorCommand(m_options); }

 private:
  DoctorOptions m_options;
};

}  // namespace

NewSubcommand doctorSubcommand() { return std::make_unique<DoctorSubcommand>(); }

}  // namespace heaptap::cli
