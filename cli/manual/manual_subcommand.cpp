// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/documents.h"
#include "cli/manual/man_page.h"
#include "cli/message.h"
#include "cli/subcommands.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

/// As docs/ci.md calls where heaptap is installed.
constexpr const char* kPages = "PREFIX/share/doc/heaptap";

/// Writes the pages of the manual, for the build.
class ManualSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("manual", "Write the pages of the manual into a folder");
    app.group("");  // Hidden: for the build.
    app.add_option("FOLDER", m_folder)->required();
    m_program = &program;
    return app;
  }

  int run() override {
    std::vector<CommandText> commands = commandsOf(*m_program);
    for (CommandText& command : commands) {
      command.notes = withDocuments(std::move(command.notes), kPages);
      for (OptionText& option : command.options)
        option.about = withDocuments(std::move(option.about), kPages);
    }
    int status = write("heaptap.1", manPage(textOf(*m_program), commands));
    for (const CommandText& command : commands)
      if (status == kExitOk) status = write("heaptap-" + command.name + ".1", manPage(command));
    return status;
  }

 private:
  [[nodiscard]] int write(const std::string& name, const std::string& page) const {
    const fs::path file = m_folder / name;
    std::ofstream stream(file);
    stream << page;
    stream.close();
    if (stream) return kExitOk;
    const Error error = {Code::NotWritable, file.string(), std::strerror(errno), "choose another folder"};
    printError(error);
    return exitCodeFor(error.code);
  }

  CLI::App* m_program = nullptr;
  fs::path m_folder;
};

}  // namespace

NewSubcommand manualSubcommand() { return std::make_unique<ManualSubcommand>(); }

}  // namespace heaptap::cli
