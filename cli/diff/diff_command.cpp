// SPDX-License-Identifier: Apache-2.0
#include "cli/diff/diff_command.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "cli/diff/diff.h"
#include "cli/diff/diff_format.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "export/comparison/summary_changes.h"

namespace heaptap::cli {
namespace {

bool isDiffToFile(const DiffOptions& options) { return !options.output.empty() && options.output != "-"; }

/// A comparison replaces none of the sessions that it is made from.
Result<void> checkDiffOutput(const DiffOptions& options) {
  if (!isDiffToFile(options) || options.collector) return {};
  for (const auto* sessions : {&options.sessions, &options.before, &options.after})
    for (const std::string& session : *sessions) {
      std::error_code ignored;
      if (std::filesystem::equivalent(options.output, session, ignored))
        return failure(Code::Usage, options.output, "this is one of the sessions", "choose another FILE");
    }
  return {};
}

Result<void> writeDiff(const DiffOptions& options) {
  const CostWord* cost = findCost(options.cost);
  if (cost == nullptr) {
    std::string known;
    for (const CostWord& word : kCostWords) known += (known.empty() ? "" : ", ") + std::string(word.word);
    return failure(Code::Usage, "--cost " + options.cost, "there is no such cost", "one of: " + known);
  }
  const auto format = chosenDiffFormat(options);
  if (!format) return tl::unexpected(format.error());
  if (auto checked = checkDiffOutput(options); !checked) return checked;
  Progress progress(options.display.isQuiet);
  auto compared = readCompared(options, progress);
  if (!compared) return tl::unexpected(std::move(compared.error()));
  if (cost == findCost("leaked") &&
      (exporting::hasRunBeforeEnd(compared->before) || exporting::hasRunBeforeEnd(compared->after)))
    cost = findCost("live");
  progress.begin("comparing");
  const analysis::Comparison comparison = analysis::compare(compared->before, compared->after, cost->cost);
  Diff diff{.options = options, .cost = *cost, .compared = *compared, .comparison = comparison};
  if (!isDiffToFile(options)) {
    const bool isForPeople = *format == &diffFormats().front();
    if (isForPeople) diff.paint = options.display.paint();
    Output out(isForPeople ? options.display.pager() : nullptr);
    (*format)->write(out, diff);
    return out.finish();
  }
  return writeOutputFile(options.output, progress,
                         [&](exporting::Sink& sink) { (*format)->write(sink, diff); });
}

}  // namespace

int diffCommand(const DiffOptions& options) {
  const Result<void> done = writeDiff(options);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
