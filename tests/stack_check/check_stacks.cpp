// SPDX-License-Identifier: Apache-2.0
//
// check_stacks [--unproven] COMMAND [ARG…]: compares the stacks of all allocations of a program with
// libunwind's. Ends with 1 when one differs, or when there were none.
#include <iostream>
#include <string_view>

#include "tests/stack_check/checked_run.h"

int main(int argc, char** argv) {
  using namespace heaptap::stack_check;
  int first = 1;
  const bool unproven = argc > 1 && std::string_view(argv[1]) == "--unproven";
  if (unproven) ++first;
  if (first >= argc) {
    std::cerr << "usage: check_stacks [--unproven] COMMAND [ARG...]\n";
    return 2;
  }
  const CheckedRun run =
      checkStacks({.argv = {argv + first, argv + argc}}, unproven ? Proofs::Believed : Proofs::Checked);
  std::cout << run.outcome.out;
  std::cerr << run.outcome.err << run.firstMismatches << run.summary() << '\n';
  return run.mismatches == 0 && run.stacks > 0 ? 0 : 1;
}
