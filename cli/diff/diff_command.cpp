// SPDX-License-Identifier: Apache-2.0
#include "cli/diff/diff_command.h"

#include <utility>

#include "cli/diff/diff.h"
#include "cli/diff/diff_json.h"
#include "cli/diff/diff_text.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"

namespace heaptap::cli {
namespace {

Result<void> writeDiff(Output& out, const DiffOptions& options) {
  const CostWord* const cost = findCost(options.cost);
  if (cost == nullptr) {
    std::string known;
    for (const CostWord& word : kCostWords) known += (known.empty() ? "" : ", ") + std::string(word.word);
    return failure(Code::Usage, "--cost " + options.cost, "there is no such cost", "one of: " + known);
  }
  auto compared = readCompared(options);
  if (!compared) return tl::unexpected(std::move(compared.error()));
  const analysis::Comparison comparison = analysis::compare(compared->before, compared->after, cost->cost);
  const Diff diff{.options = options, .cost = *cost, .compared = *compared, .comparison = comparison};
  options.json ? writeDiffJson(out, diff) : writeDiffText(out, diff);
  return out.finish();
}

}  // namespace

int diffCommand(const DiffOptions& options) {
  Output out;
  const Result<void> done = writeDiff(out, options);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
