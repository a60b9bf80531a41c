// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "cli/completion/completion.h"
#include "cli/completion/value_kind.h"

namespace heaptap::cli {
namespace {

constexpr const char* kBegin = R"(# Completion of heaptap for bash, made by `heaptap completion bash`.
_heaptap_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$word")
}
# Session files and folders; where there are none, any files.
_heaptap_sessions() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -X '!*.heaptap' -- "$word"; compgen -d -- "$word")
  ((${#COMPREPLY[@]})) || _heaptap_files -f
}
_heaptap() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command options argument at
  COMPREPLY=()
  # --option=VALUE is three words.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((at = 1; at < COMP_CWORD; ++at)); do
    [[ ${COMP_WORDS[at]} == -* ]] || {
      command=${COMP_WORDS[at]}
      break
    }
  done
  case $command in
)";

constexpr const char* kEnd = R"(  esac
  if [[ $word != -* && $argument == files ]]; then
    _heaptap_files -f
  elif [[ $word != -* && $argument == sessions ]]; then
    _heaptap_sessions
  elif [[ $word != -* && $argument ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$argument" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  fi
}
complete -F _heaptap heaptap
)";

// COMMAND and what follows are completed as they would be without heaptap.
constexpr const char* kRunBegin = R"(      for ((at += 1; at < COMP_CWORD; ++at)); do
        case ${COMP_WORDS[at]} in
          --)
            ((at += 1))
            break
            ;;
)";
constexpr const char* kRunEnd =
    R"(            if [[ ${COMP_WORDS[at + 1]} == = ]]; then ((at += 2)); else ((at += 1)); fi
            ;;
          -*) ;;
          *) break ;;
        esac
      done
      if ((at < COMP_CWORD)); then
        if declare -F _command_offset >/dev/null; then _command_offset "$at"; else _heaptap_files -f; fi
        return
      fi
      if ((at == COMP_CWORD)) && [[ $word != -* || ${COMP_WORDS[at - 1]} == -- ]]; then
        _heaptap_files -c
        return
      fi
)";

std::string patternOf(const OptionText& option) { return joined(option.names, " | "); }

void writeValues(std::ostream& script, const CommandText& command) {
  std::ostringstream cases;
  for (const OptionText& option : command.options) {
    if (option.value.empty()) continue;
    const ValueKind kind = valueKindOf(option.value);
    cases << "        " << patternOf(option) << ")\n";
    using From = ValueKind::From;
    if (kind.from == From::Files) cases << "          _heaptap_files -f\n";
    if (kind.from == From::Sessions) cases << "          _heaptap_sessions\n";
    if (kind.from == From::Folders) cases << "          _heaptap_files -d\n";
    if (kind.from == From::Words)
      cases << "          mapfile -t COMPREPLY < <(compgen -W \"" << joined(kind.words)
            << "\" -- \"$word\")\n";
    cases << "          return\n          ;;\n";
  }
  if (!cases.str().empty()) script << "      case $before in\n" << cases.str() << "      esac\n";
}

void writeRun(std::ostream& script, const CommandText& command) {
  std::vector<std::string> patterns;
  for (const OptionText& option : command.options)
    if (!option.value.empty()) patterns.push_back(patternOf(option));
  script << kRunBegin << "          " << joined(patterns, " | ") << ")\n" << kRunEnd;
}

std::string optionWords(const CommandText& command) {
  std::vector<std::string> words;
  for (const OptionText& option : command.options)
    if (!option.isArgument) words.insert(words.end(), option.names.begin(), option.names.end());
  return joined(words);
}

void writeCommand(std::ostream& script, const CommandText& command) {
  script << "    " << command.name << ")\n";
  // An option of COMMAND's may be called like one of `run`.
  if (command.name == "run") writeRun(script, command);
  writeValues(script, command);
  script << "      options=\"" << optionWords(command) << "\"\n";
  if (const OptionText* argument = argumentOf(command)) {
    const ValueKind kind = valueKindOf(argument->names.front());
    if (kind.from == ValueKind::From::Files) script << "      argument=files\n";
    if (kind.from == ValueKind::From::Sessions) script << "      argument=sessions\n";
    if (kind.from == ValueKind::From::Words) script << "      argument=\"" << joined(kind.words) << "\"\n";
  }
  script << "      ;;\n";
}

}  // namespace

std::string bashCompletion(const CompletedProgram& all) {
  std::ostringstream script;
  std::vector<std::string> names;
  for (const CommandText& command : all.commands) names.push_back(command.name);
  script << kBegin << "    '')\n      options=\"" << optionWords(all.program) << "\"\n      argument=\""
         << joined(names) << "\"\n      ;;\n";
  for (const CommandText& command : all.commands) writeCommand(script, command);
  script << kEnd;
  return script.str();
}

}  // namespace heaptap::cli
