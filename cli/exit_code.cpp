// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.h"

#include <sys/wait.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "base/exit_status.h"

namespace heaptap::cli {
namespace {

constexpr ExitCode row(Code code, std::string_view name, int run) {
  return {code, name, exitStatus(code), run};
}

constexpr std::array kTable{
    row(Code::Internal, "Internal", 125),
    row(Code::Usage, "Usage", 125),
    row(Code::NotFound, "NotFound", 127),
    row(Code::AlreadyExists, "AlreadyExists", 125),
    row(Code::NotPermitted, "NotPermitted", 125),
    row(Code::NotWritable, "NotWritable", 125),
    row(Code::StorageFull, "StorageFull", 125),
    row(Code::NotASession, "NotASession", 125),
    row(Code::SchemaTooNew, "SchemaTooNew", 125),
    row(Code::ProtocolTooNew, "ProtocolTooNew", 125),
    row(Code::Corrupt, "Corrupt", 125),
    row(Code::CannotTrace, "CannotTrace", 126),
    row(Code::CannotExecute, "CannotExecute", 126),
    row(Code::Unavailable, "Unavailable", 125),
};

constexpr bool inOrderOfEnumeration() {
  for (std::size_t i = 0; i < kTable.size(); ++i)
    if (static_cast<std::size_t>(kTable[i].code) != i) return false;
  return kTable.size() == static_cast<std::size_t>(Code::Unavailable) + 1;
}
static_assert(inOrderOfEnumeration(), "one row for each Code");

}  // namespace

std::span<const ExitCode> exitCodes() { return kTable; }

int exitCodeFor(Code code) { return kTable[static_cast<std::size_t>(code)].general; }

int runExitCodeFor(Code code) { return kTable[static_cast<std::size_t>(code)].run; }

int shellStatus(int waitStatus) {
  return WIFSIGNALED(waitStatus) ? 128 + WTERMSIG(waitStatus) : WEXITSTATUS(waitStatus);
}

}  // namespace heaptap::cli
