// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/completion/completion.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/subcommands.h"

namespace heaptap::cli {
namespace {

constexpr const char* kCompletionExamples = R"(
Examples:
  source <(heaptap completion bash)              in ~/.bashrc, where the package has not installed it
  heaptap completion zsh > ~/.zfunc/_heaptap     with ~/.zfunc in fpath
  heaptap completion fish | source)";

class CompletionSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app =
        *program.add_subcommand("completion", "Print what a shell needs to complete command lines");
    app.footer(kCompletionExamples);
    app.add_option("SHELL", m_shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->type_name("");
    m_program = &program;
    return app;
  }

  int run() override {
    const CompletedProgram all = {textOf(*m_program), commandsOf(*m_program)};
    Output output;
    output.write(m_shell == "bash"  ? bashCompletion(all)
                 : m_shell == "zsh" ? zshCompletion(all)
                                    : fishCompletion(all));
    if (const auto written = output.finish(); !written) {
      printError(written.error());
      return exitCodeFor(written.error().code);
    }
    return kExitOk;
  }

 private:
  CLI::App* m_program = nullptr;
  std::string m_shell;
};

}  // namespace

NewSubcommand completionSubcommand() { return std::make_unique<CompletionSubcommand>(); }

const OptionText* argumentOf(const CommandText& command) {
  const auto found = std::ranges::find_if(command.options, &OptionText::isArgument);
  return found == command.options.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

}  // namespace heaptap::cli
