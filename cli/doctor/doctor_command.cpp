// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/doctor_command.h"

#include <unistd.h>

#include <algorithm>

#include "cli/doctor/checks.h"
#include "cli/documents.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/run/command_inspection.h"
#include "cli/terminal/terminal.h"

namespace heaptap::cli {
namespace {

using Verdict = Check::Verdict;

/// Words of one width, which do not rely on colour.
std::string_view markOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::Good: return "  ok       ";
    case Verdict::Note: return "  note     ";
    case Verdict::Problem: break;
  }
  return "  PROBLEM  ";
}

Tone toneOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::Good: return Tone::Good;
    case Verdict::Note: return Tone::Plain;
    case Verdict::Problem: break;
  }
  return Tone::Bad;
}

void print(Output& output, std::string_view title, const std::vector<Check>& checks) {
  const Paint paint = paintFor(ColourChoice::Auto, STDOUT_FILENO);
  output.write(paint(Tone::Strong, title) + '\n');
  for (const Check& check : checks) {
    output.write(paint(toneOf(check.verdict), markOf(check.verdict)) + check.what + '\n');
    if (!check.remedy.empty()) output.write("           → " + withDocuments(check.remedy) + '\n');
  }
}

bool hasProblem(const std::vector<Check>& checks) {
  return std::ranges::any_of(checks, [](const Check& check) { return check.verdict == Verdict::Problem; });
}

int finish(Output& output, int status) {
  if (const auto written = output.finish(); !written) {
    printError(written.error());
    return exitCodeFor(written.error().code);
  }
  return status;
}

}  // namespace

int doctorCommand(const DoctorOptions& options) {
  Output output;
  const std::vector<Check> machine = checkMachine();
  print(output, "This machine", machine);
  const int status = hasProblem(machine) ? exitCodeFor(Code::Unavailable) : kExitOk;
  if (options.command.empty()) return finish(output, status);

  const auto command = inspectCommand(options.command);
  if (!command) {
    output.write("\n");
    print(output, "The command",
          {{Verdict::Problem, command.error().where + ": " + command.error().what, command.error().remedy}});
    return finish(output, exitCodeFor(command.error().code));
  }
  std::vector<Check> checks = {{Verdict::Good, command->file.string() + ": can be recorded", ""}};
  for (const std::string& warning : command->warnings) checks.push_back({Verdict::Note, warning, ""});
  output.write("\n");
  print(output, "The command", checks);
  output.write("\n");
  print(output, "Names in its stacks", checkProgram(command->file));
  output.write(withDocuments(
      "\nWhat a program opens while it runs (plugins) is not in this list. docs/limits.md says what is not "
      "recorded.\n"));
  return finish(output, status);
}

}  // namespace heaptap::cli
