// SPDX-License-Identifier: Apache-2.0
#include "cli/diff/diff_command.h"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "cli/diff/diff.h"
#include "cli/diff/diff_format.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "export/file_sink.h"

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
  const CostWord* const cost = findCost(options.cost);
  if (cost == nullptr) {
    std::string known;
    for (const CostWord& word : kCostWords) known += (known.empty() ? "" : ", ") + std::string(word.word);
    return failure(Code::Usage, "--cost " + options.cost, "there is no such cost", "one of: " + known);
  }
  const auto format = chosenDiffFormat(options);
  if (!format) return tl::unexpected(format.error());
  if (auto checked = checkDiffOutput(options); !checked) return checked;
  auto compared = readCompared(options);
  if (!compared) return tl::unexpected(std::move(compared.error()));
  const analysis::Comparison comparison = analysis::compare(compared->before, compared->after, cost->cost);
  const Diff diff{.options = options, .cost = *cost, .compared = *compared, .comparison = comparison};
  if (!isDiffToFile(options)) {
    Output out;
    (*format)->write(out, diff);
    return out.finish();
  }
  auto file = exporting::FileSink::create(options.output);
  if (!file) return tl::unexpected(std::move(file.error()));
  (*format)->write(**file, diff);
  return (*file)->finish();
}

}  // namespace

int diffCommand(const DiffOptions& options) {
  const Result<void> done = writeDiff(options);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
