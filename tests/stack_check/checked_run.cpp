// SPDX-License-Identifier: Apache-2.0
#include "tests/stack_check/checked_run.h"

#include <stdlib.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "tests/stack_check/check_totals.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::stack_check {

CheckedRun checkStacks(const test::Launch& launch, Proofs proofs) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("totals", std::string(sizeof(CheckTotals), '\0'));
  test::Launch checked = launch;
  checked.environment.insert({{"LD_PRELOAD", HEAPTAP_STACK_CHECK_LIBRARY},
                              {"HEAPTAP_BUFFER", (folder / "%p.buffer").string()},
                              {"HEAPTAP_RELAY", std::nullopt},
                              {kTotalsVariable, file.string()},
                              {kUnprovenVariable, std::nullopt}});
  // Events need not be kept, and the smallest file has room for a million stacks.
  if (getenv("HEAPTAP_BUFFER_SIZE") == nullptr) checked.environment.insert({"HEAPTAP_BUFFER_SIZE", "1M"});
  if (proofs == Proofs::Believed) checked.environment[kUnprovenVariable] = "1";

  CheckedRun run;
  run.outcome = test::runProcess(checked);
  const std::string bytes = test::readFile(file);
  const auto totals = std::make_unique<CheckTotals>();
  std::copy_n(bytes.data(), std::min(bytes.size(), sizeof(CheckTotals)),
              static_cast<char*>(static_cast<void*>(totals.get())));
  run.stacks = totals->stacks;
  run.frames = totals->frames;
  run.mismatches = totals->mismatches;
  run.truncated = totals->truncated;
  run.guessed = totals->guessed;
  run.early = totals->early;
  run.overflows = totals->overflows;
  run.firstMismatches.assign(totals->text, std::min<std::uint64_t>(totals->textUsed, sizeof totals->text));
  return run;
}

std::string CheckedRun::summary() const {
  std::ostringstream text;
  text << stacks << " stacks, " << frames << " frames: " << mismatches << " mismatches, " << truncated
       << " truncated, " << guessed << " guessed; not compared: " << early << " early, " << overflows
       << " in full tables";
  return text.str();
}

}  // namespace heaptap::stack_check
