// SPDX-License-Identifier: Apache-2.0
#include <sstream>
#include <string_view>

#include "cli/completion/completion.h"
#include "cli/completion/value_kind.h"

namespace heaptap::cli {
namespace {

/// Inside of single quotes, where _arguments takes some letters for its own.
std::string quoted(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'') {
      escaped += "'\\''";
      continue;
    }
    if (special.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string actionOf(const ValueKind& kind) {
  switch (kind.from) {
    case ValueKind::From::Files: return "_files";
    case ValueKind::From::Sessions: return "_files -g \"*.heaptap\"";
    case ValueKind::From::Folders: return "_files -/";
    case ValueKind::From::Words: return "(" + joined(kind.words) + ")";
    case ValueKind::From::Nothing: break;
  }
  return " ";
}

/// `'(-o --output)'{-o,--output}'[Session file]:FILE:_files'`
void writeOption(std::ostream& script, const OptionText& option) {
  script << " \\\n        ";
  const std::string about = "[" + quoted(option.about, "[]:\\") + "]";
  std::string value;
  if (!option.value.empty())
    value = ":" + quoted(option.value, ":\\") + ":" + actionOf(valueKindOf(option.value));
  if (option.repeats)
    for (const std::string& name : option.names) script << "'*" << name << about << value << "' ";
  else if (option.names.size() == 1)
    script << "'" << option.names.front() << about << value << "'";
  else
    script << "'(" << joined(option.names) << ")'{" << joined(option.names, ",") << "}'" << about << value
           << "'";
}

void writeOptions(std::ostream& script, const CommandText& command) {
  for (const OptionText& option : command.options)
    if (!option.isArgument) writeOption(script, option);
}

void writeZshCommand(std::ostream& script, const CommandText& command) {
  script << "        " << command.name << ")\n          _arguments -s -S";
  writeOptions(script, command);
  if (command.name == "run") script << " \\\n        '(-)1:command:_command_names -e' '*::arguments:_normal'";
  for (const OptionText& option : command.options) {
    if (!option.isArgument) continue;
    const std::string name = option.names.front();
    script << " \\\n        '" << (option.repeats ? "*" : "") << ":" << quoted(name, ":\\") << ":"
           << actionOf(valueKindOf(name)) << "'";
  }
  script << "\n          ;;\n";
}

}  // namespace

std::string zshCompletion(const CompletedProgram& all) {
  std::ostringstream script;
  script << "#compdef heaptap\n# Completion of heaptap for zsh, made by `heaptap completion zsh`.\n"
         << "_heaptap() {\n  local curcontext=$curcontext state line\n  typeset -A opt_args\n  _arguments -C";
  writeOptions(script, all.program);
  script << " \\\n        '1:command:->command' '*::arguments:->arguments'\n  case $state in\n    command)\n"
         << "      local -a commands=(\n";
  for (const CommandText& command : all.commands)
    script << "        '" << command.name << ":" << quoted(command.about, ":\\") << "'\n";
  script << "      )\n      _describe command commands\n      ;;\n    arguments)\n      case $words[1] in\n";
  for (const CommandText& command : all.commands) writeZshCommand(script, command);
  // Autoloaded, the file is the function's body; sourced, it defines it.
  script << "      esac\n      ;;\n  esac\n}\n"
         << "if [[ $funcstack[1] == _heaptap ]]; then _heaptap \"$@\"; else compdef _heaptap heaptap; fi\n";
  return script.str();
}

}  // namespace heaptap::cli
