// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "base/version.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/subcommand.h"
#include "rpc/silence.h"

namespace heaptap::cli {
namespace {

constexpr const char* kExamples = R"(
Examples:
  heaptap run -- jq . big.json          record a program, print a short summary
  heaptap report jq.4711.heaptap        leaks and the sites that allocate most
  heaptap ls                            sessions in this folder
Each subcommand has its own --help.)";

/// CLI11 would print several lines; an error has one.
int reportUsage(const std::string& subcommand, int status, const std::string& what) {
  printError({Code::Usage, subcommand, what.substr(0, what.find('\n')),
              "try: heaptap " + (subcommand.empty() ? "" : subcommand + " ") + "--help"});
  return status;
}

class CommandLine {
 public:
  CommandLine() {
    m_app.require_subcommand(1);
    m_app.set_version_flag("--version", std::string("heaptap ") + kVersion);
    m_app.footer(kExamples);
    for (const auto& subcommand : m_subcommands) m_parsers.push_back(&subcommand->declare(m_app));
  }

  int parseAndRun(int argc, const char* const* argv) {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    const auto name =
        std::ranges::find_if(words, [](const std::string& word) { return !word.starts_with("-"); });
    const std::string given = name == words.end() ? "" : *name;
    Subcommand* const subcommand = find(given);
    try {
      if (subcommand != nullptr) {
        std::vector<std::string> own(name + 1, words.end());
        words.erase(name + 1, words.end());
        subcommand->takeWords(own);
        words.insert(words.end(), own.begin(), own.end());
      }
      std::reverse(words.begin(), words.end());  // As CLI11 wants it.
      m_app.parse(words);
      // The parser insists on a command, so it is the one that was found.
      return subcommand->run();
    } catch (const CLI::ParseError& error) {
      // --help and --version arrive as errors with the status 0.
      if (error.get_exit_code() == 0) return m_app.exit(error);
      if (subcommand != nullptr) return reportUsage(given, subcommand->usageStatus(), error.what());
      return reportUsage("", kExitUsage,
                         given.empty() ? error.what() : "there is no command '" + given + "'");
    }
  }

 private:
  [[nodiscard]] Subcommand* find(const std::string& name) const {
    for (std::size_t i = 0; i < m_parsers.size(); ++i)
      if (m_parsers[i]->get_name() == name) return m_subcommands[i].get();
    return nullptr;
  }

  CLI::App m_app{"Records every heap allocation of a program, and shows its leaks, peaks and call sites.",
                 "heaptap"};
  std::vector<std::unique_ptr<Subcommand>> m_subcommands = allSubcommands();
  std::vector<CLI::App*> m_parsers;  ///< Of each.
};

}  // namespace

int heaptapMain(int argc, const char* const* argv) {
  rpc::silence();
  try {
    return CommandLine().parseAndRun(argc, argv);
  } catch (const std::exception& error) {
    printError({Code::Internal, "", error.what(), "this is a bug in heaptap; please report it"});
    return exitCodeFor(Code::Internal);
  }
}

}  // namespace heaptap::cli
