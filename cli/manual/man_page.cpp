// SPDX-License-Identifier: Apache-2.0
#include "cli/manual/man_page.h"

#include <cctype>
#include <sstream>
#include <string_view>

#include "base/version.h"

namespace heaptap::cli {
namespace {

/// Text that roff takes for nothing else: no escape, no hyphen that it may turn into a dash, no request where
/// a line begins.
std::string plain(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool beginsLine = i == 0 || text[i - 1] == '\n';
    if (beginsLine && (text[i] == '.' || text[i] == '\'')) escaped += "\\&";
    if (text[i] == '\\')
      escaped += "\\e";
    else if (text[i] == '-')
      escaped += "\\-";
    else
      escaped += text[i];
  }
  return escaped;
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

void writeHead(std::ostream& page, const std::string& title, const std::string& about) {
  page << ".\\\" Made from the program's own help.\n"
       << ".TH " << plain(upper(title)) << " 1 \"\" \"heaptap " << kVersion << "\" \"heaptap\"\n"
       << ".SH NAME\n"
       << plain(title) << " \\- " << plain(about) << "\n";
}

/// `[-o FILE]`, and arguments as they are.
void writeUsage(std::ostream& page, const CommandText& command) {
  page << ".SH SYNOPSIS\n" << bold("heaptap " + command.name) << " [" << italic("OPTIONS") << "]";
  for (const OptionText& option : command.options) {
    if (!option.isArgument) continue;
    const std::string name = italic(option.names.front()) + (option.repeats ? "..." : "");
    page << ' ' << (option.isRequired ? name : "[" + name + "]");
  }
  // Its parser does not see COMMAND (cli/run/run_subcommand.cpp).
  if (command.name == "run") page << " [\\-\\-] " << italic("COMMAND") << " [" << italic("ARG") << "...]";
  page << "\n";
}

void writeOptions(std::ostream& page, const CommandText& command) {
  page << ".SH OPTIONS\n";
  for (const OptionText& option : command.options) {
    page << ".TP\n";
    std::string_view separator;
    for (const std::string& name : option.names) {
      page << separator << (option.isArgument ? italic(name) : bold(name));
      separator = ", ";
    }
    if (!option.value.empty()) page << ' ' << italic(option.value);
    page << '\n' << plain(option.about) << ".\n";
  }
}

/// Paragraphs are filled; what follows `Examples:` and lines that are indented stay as they are.
void writeNotes(std::ostream& page, const std::string& notes) {
  std::istringstream lines(notes);
  bool isVerbatim = false;
  bool hasSection = false;
  const auto setVerbatim = [&](bool verbatim) {
    if (verbatim != isVerbatim) page << (verbatim ? ".nf\n" : ".fi\n");
    isVerbatim = verbatim;
  };
  for (std::string line; std::getline(lines, line);) {
    const bool isIndented = line.starts_with(" ");
    if (line.ends_with(':') && !isIndented) {
      setVerbatim(false);
      page << ".SH " << plain(upper(line.substr(0, line.size() - 1))) << '\n';
      hasSection = true;
    } else if (line.empty()) {
      setVerbatim(false);
      if (hasSection) page << ".PP\n";
    } else {
      if (!hasSection) page << ".SH NOTES\n";
      hasSection = true;
      setVerbatim(isIndented);
      page << plain(line) << '\n';
    }
  }
  setVerbatim(false);
}

}  // namespace

std::string manPage(const CommandText& program, const std::vector<CommandText>& commands) {
  std::ostringstream page;
  writeHead(page, program.name, program.about);
  page << ".SH SYNOPSIS\n"
       << bold(program.name) << ' ' << italic("COMMAND") << " [" << italic("OPTIONS") << "] ...\n"
       << ".SH COMMANDS\n";
  for (const CommandText& command : commands)
    page << ".TP\n" << bold(program.name + "-" + command.name) << "(1)\n" << plain(command.about) << ".\n";
  writeOptions(page, program);
  writeNotes(page, program.notes);
  return page.str();
}

std::string manPage(const CommandText& command) {
  std::ostringstream page;
  writeHead(page, "heaptap-" + command.name, command.about);
  writeUsage(page, command);
  writeOptions(page, command);
  writeNotes(page, command.notes);
  page << ".SH SEE ALSO\n" << bold("heaptap") << "(1)\n";
  return page.str();
}

}  // namespace heaptap::cli
