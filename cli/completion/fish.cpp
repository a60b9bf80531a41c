// SPDX-License-Identifier: Apache-2.0
#include <sstream>
#include <string_view>

#include "cli/completion/completion.h"
#include "cli/completion/value_kind.h"

namespace heaptap::cli {
namespace {

constexpr const char* kFishBegin = R"(# Completion of heaptap for fish, made by `heaptap completion fish`.
function __heaptap_command
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; or begin
            echo $word
            return
        end
    end
    echo -
end
function __heaptap_sessions
    set -l word (commandline -ct)
    for file in $word*.heaptap
        echo $file
    end
    __fish_complete_directories $word ''
end
complete -c heaptap -f
)";

std::string literal(std::string_view text) {
  std::string escaped = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped + "'";
}

/// What comes behind an option, or as an argument.
std::string offers(const ValueKind& kind) {
  switch (kind.from) {
    case ValueKind::From::Files: return " -F";
    case ValueKind::From::Sessions: return " -a '(__heaptap_sessions)'";
    case ValueKind::From::Folders: return " -a '(__fish_complete_directories)'";
    case ValueKind::From::Words: return " -a " + literal(joined(kind.words));
    case ValueKind::From::Nothing: break;
  }
  return "";
}

void writeOptions(std::ostream& script, const CommandText& command, const std::string& condition) {
  for (const OptionText& option : command.options) {
    script << "complete -c heaptap" << condition;
    if (option.isArgument) {
      script << offers(valueKindOf(option.names.front())) << '\n';
      continue;
    }
    for (const std::string& name : option.names)
      script << (name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1));
    if (!option.value.empty()) {
      const ValueKind kind = valueKindOf(option.value);
      // -x: a value, and no file for it.
      script << (kind.from == ValueKind::From::Files ? " -r" : " -x") << offers(kind);
    }
    script << " -d " << literal(option.about) << '\n';
  }
}

}  // namespace

std::string fishCompletion(const CompletedProgram& all) {
  std::ostringstream script;
  script << kFishBegin;
  const std::string none = " -n 'test (__heaptap_command) = -'";
  writeOptions(script, all.program, none);
  for (const CommandText& command : all.commands) {
    script << "complete -c heaptap" << none << " -a " << command.name << " -d " << literal(command.about)
           << '\n';
    const std::string condition = " -n 'test (__heaptap_command) = " + command.name + "'";
    writeOptions(script, command, condition);
    if (command.name == "run")
      script << "complete -c heaptap" << condition << " -a '(__fish_complete_subcommand --fcs-skip=2)'\n";
  }
  return script.str();
}

}  // namespace heaptap::cli
