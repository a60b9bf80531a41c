// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.h"
#include "cli/documents.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/near_word.h"
#include "cli/output.h"
#include "cli/own_code.h"
#include "cli/subcommand.h"
#include "rpc/silence.h"

namespace heaptap::cli {
namespace {

constexpr const char* kHeaptapExamples = R"(
Examples:
  heaptap run -- jq . big.json          record a program, print a short summary
  heaptap report jq.4711.heaptap        leaks and the sites that allocate most
  heaptap ls                            sessions in this folder
Each subcommand has its own --help.)";

/// CLI11 would print several lines; an error has one. `meant`: the word that was probably meant, or empty.
int reportUsage(const std::string& subcommand, int status, const std::string& what,
                const std::string& meant) {
  printError({Code::Usage, subcommand, what.substr(0, what.find('\n')),
              (meant.empty() ? "" : "did you mean " + meant + "? ") + "try: heaptap " +
                  (subcommand.empty() ? "" : subcommand + " ") + "--help"});
  return status;
}

/// `12`; nothing that a number may also look like elsewhere: signs, blanks, hexadecimal digits.
std::string wholeNumber(std::string& text) {
  const bool isOne = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return isOne ? std::string() : "'" + text + "' is no whole number; write it like 20";
}

/// `12`, `0.5`, `.5`; likewise, nor `nan` or `1e3`.
std::string plainSeconds(std::string& text) {
  const bool isOne = std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }) &&
                     std::ranges::count(text, '.') <= 1 &&
                     text.size() > static_cast<std::size_t>(std::ranges::count(text, '.'));
  return isOne ? std::string() : "'" + text + "' is no number of seconds; write it like 60 or 0.5";
}

/// Options that take numbers take no others, by what their values are called.
void checkNumbers(CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::string name = type.substr(0, type.find(':'));
  const auto first = [&](auto check) { option.transform(CLI::Validator(check, "", "")); };
  if (name == "N") first(wholeNumber);
  if (name == "SECONDS") first(plainSeconds);
}

/// An empty value is not the same as none: mostly, a variable of a script was not set.
/// Throws: CLI::ValidationError.
void refuseEmptyValues(const CLI::App& parser, const std::vector<std::string>& words) {
  const auto refuse = [](const std::string& name) {
    throw CLI::ValidationError(name, "its value is empty; leave it out, or say what it is to be");
  };
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (word.empty()) throw CLI::ValidationError("argument " + std::to_string(i + 1), "it is empty");
    const std::size_t sign = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::string name = word.substr(0, sign);
    const CLI::Option* const option = name.starts_with('-') ? parser.get_option_no_throw(name) : nullptr;
    if (option == nullptr || option->get_items_expected_max() == 0) continue;
    if (sign != std::string::npos) {
      if (sign + 1 == word.size()) refuse(name);
    } else if (i + 1 < words.size()) {
      if (words[++i].empty()) refuse(name);
    }
  }
}

class CommandLine {
 public:
  CommandLine() {
    m_app.require_subcommand(1);
    m_app.set_version_flag("--version", std::string("heaptap ") + kVersion);
    m_app.footer(kHeaptapExamples);
    for (const auto& subcommand : m_subcommands) {
      CLI::App& parser = subcommand->declare(m_app);
      m_parsers.push_back(&parser);
      parser.footer(withDocuments(parser.get_footer()));
      for (CLI::Option* const option : parser.get_options())
        option->description(withDocuments(option->get_description()));
      for (CLI::Option* const option : parser.get_options()) checkNumbers(*option);
    }
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
        refuseEmptyValues(*parserNamed(given), own);
        words.insert(words.end(), own.begin(), own.end());
      }
      std::reverse(words.begin(), words.end());  // As CLI11 wants it.
      m_app.parse(words);
      // The parser insists on a command, so it is the one that was found.
      if (const auto used = useOwnCodeFor(given); !used) {
        printError(used.error());
        return used.error().code == Code::Usage ? subcommand->usageStatus() : exitCodeFor(used.error().code);
      }
      return subcommand->run();
    } catch (const CLI::ParseError& error) {
      // --help and --version arrive as errors with the status 0.
      if (error.get_exit_code() == 0) return printInformation(error);
      if (subcommand != nullptr && dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
        if (const Error foreign = foreignOption(given, *subcommand, argc, argv); !foreign.what.empty()) {
          printError(foreign);
          return subcommand->usageStatus();
        }
      if (subcommand != nullptr)
        return reportUsage(given, subcommand->usageStatus(), error.what(), meantOption(given, argc, argv));
      return reportUsage("", kExitUsage, given.empty() ? error.what() : "there is no command '" + given + "'",
                         nearWord(given, commandNames()));
    }
  }

 private:
  /// Those that the help lists.
  [[nodiscard]] std::vector<std::string> commandNames() const {
    std::vector<std::string> names;
    for (const CLI::App* const parser : m_parsers)
      if (!parser->get_group().empty()) names.push_back(parser->get_name());
    return names;
  }

  /// The option that is nearest to the first of the words that is none of the command's; may be empty.
  [[nodiscard]] std::string meantOption(const std::string& command, int argc, const char* const* argv) const {
    std::vector<std::string> known;
    for (const CLI::App* const parser : m_parsers)
      if (parser->get_name() == command)
        for (const CLI::Option* const option : parser->get_options())
          for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
      const std::string_view word = argv[i];
      const std::string name(word.substr(0, word.find('=')));
      if (name.starts_with("--") && std::ranges::find(known, name) == known.end())
        return nearWord(name, known);
    }
    return {};
  }

  [[nodiscard]] const CLI::App* parserNamed(const std::string& name) const {
    const auto found =
        std::ranges::find(m_parsers, name, [](const CLI::App* parser) { return parser->get_name(); });
    return found == m_parsers.end() ? nullptr : *found;
  }

  /// For the first word that is no option of the command, but one of others. Nothing: there is no such word.
  [[nodiscard]] Error foreignOption(const std::string& command, const Subcommand& subcommand, int argc,
                                    const char* const* argv) const {
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
      const std::string_view word = argv[i];
      const std::string name(word.substr(0, word.find('=')));
      if (!name.starts_with("--") || parserNamed(command)->get_option_no_throw(name) != nullptr) continue;
      std::string others;
      for (const CLI::App* const parser : m_parsers)
        if (!parser->get_group().empty() && parser->get_option_no_throw(name) != nullptr)
          others += (others.empty() ? "" : ", ") + parser->get_name();
      if (others.empty()) continue;
      const std::string_view instead = subcommand.insteadOf(name);
      return {Code::Usage, command, "it has no option " + name + ", which is one of: " + others,
              instead.empty() ? "try: heaptap " + command + " --help" : std::string(instead)};
    }
    return {};
  }

  [[nodiscard]] int printInformation(const CLI::ParseError& asked) const {
    std::ostringstream text;
    std::ostringstream errors;
    m_app.exit(asked, text, errors);
    Output output;
    output.write(text.str());
    const auto written = output.finish();
    if (written) return kExitOk;
    printError(written.error());
    return exitCodeFor(written.error().code);
  }

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
