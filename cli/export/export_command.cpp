// SPDX-License-Identifier: Apache-2.0
#include "cli/export/export_command.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/session_source.h"
#include "export/format.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

using exporting::Cost;
using exporting::Format;

constexpr const char* kExamples = R"(
Examples:
  heaptap export app.4711.heaptap -f pprof -o app.pb.gz   for pprof -http=: app.pb.gz
  heaptap export app.4711.heaptap -o app.html             a page to look at, or to send
  heaptap export app.4711.heaptap -f folded --cost bytes | flamegraph.pl > app.svg
  heaptap export --collector build-host:7070 3f2a -o live.csv   of a session that is being recorded)";

bool isToFile(const ExportOptions& options) { return !options.output.empty() && options.output != "-"; }

Result<const Format*> chosenFormat(const ExportOptions& options) {
  if (!options.format.empty()) return exporting::formatNamed(options.format);
  if (isToFile(options))
    if (const Format* format = exporting::formatOfFile(options.output)) return format;
  return failure(Code::Usage, "export", "--format is missing",
                 "heaptap export --help lists the formats; a FILE with the extension of one says it, too");
}

Result<void> checkOutput(const ExportOptions& options, const Format& format) {
  std::error_code ignored;
  if (isToFile(options) && !options.collector && fs::equivalent(options.output, options.session, ignored))
    return failure(Code::Usage, options.output, "this is the session itself", "choose another FILE");
  if (!isToFile(options) && options.output != "-" && !format.isText && isatty(STDOUT_FILENO) == 1)
    return failure(Code::Usage, "standard output",
                   "the format " + std::string(format.name) + " is not for a terminal",
                   "use -o FILE, or -o - to write it nevertheless");
  return {};
}

/// What is exported, and where it is from.
struct Opened {
  OpenedSession session;
  exporting::Subject subject;
};

Result<Opened> openSubject(const ExportOptions& options, const Format& format, Progress& progress) {
  Cost cost = format.usualCost;
  if (!options.cost.empty()) {
    auto named = exporting::costNamed(options.cost);
    if (!named) return tl::unexpected(std::move(named.error()));
    cost = *named;
    if (format.costUse == exporting::CostUse::All)
      printWarning("--cost has no effect: " + std::string(format.name) + " has all of them");
  }
  const auto rules = readLeakRules(options.suppressions);
  if (!rules) return tl::unexpected(rules.error());
  if (options.suppressions.isGiven() && !format.needs.leaks)
    printWarning("suppressions have no effect: " + std::string(format.name) + " does not judge leaks");
  auto opened = openSession(options.session, options.collector, &progress);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  auto when = whenOf(options.times, *opened->source, opened->id);
  if (!when) return tl::unexpected(std::move(when.error()));
  // A stretch of time has none; that is said where it is asked for.
  if (when->from && options.cost.empty() && cost == Cost::Peak) cost = Cost::Live;
  auto subject = exporting::subjectOf(
      *opened->source,
      {.session = opened->id, .when = std::move(*when), .heap = options.heap, .cost = cost, .rules = *rules},
      format.needs);
  if (!subject) return tl::unexpected(std::move(subject.error()));
  subject->title = options.session;
  return Opened{.session = std::move(*opened), .subject = std::move(*subject)};
}

Result<void> writeExport(const ExportOptions& options) {
  const auto format = chosenFormat(options);
  if (!format) return tl::unexpected(format.error());
  if (auto checked = checkOutput(options, **format); !checked) return checked;
  Progress progress(options.isQuiet);
  const auto opened = openSubject(options, **format, progress);
  if (!opened) return tl::unexpected(opened.error());
  const exporting::Subject& subject = opened->subject;
  if (!isToFile(options)) {
    progress.begin("writing " + std::string((*format)->name));
    Output out;
    (*format)->write(subject, out);
    return out.finish();
  }
  return writeOutputFile(options.output, progress,
                         [&](exporting::Sink& sink) { (*format)->write(subject, sink); });
}

}  // namespace

int exportCommand(const ExportOptions& options) {
  const Result<void> done = writeExport(options);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

std::string exportHelp() {
  std::string text = "\nFormats:\n";
  for (const Format& format : exporting::formats())
    text += "  " + padded(format.name, 12) + std::string(format.about) + "\n";
  text += "Costs:\n  ";
  for (const exporting::CostWords& words : exporting::costs())
    text += (words.cost == Cost{} ? "" : ", ") + std::string(words.name);
  return text + "\n" + kExamples;
}

}  // namespace heaptap::cli
