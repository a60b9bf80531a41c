// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.h"

#include <sys/wait.h>

#include <array>
#include <cstddef>

namespace heaptap::cli {
namespace {

constexpr std::array kTable{
    ExitCode{Code::Internal, "Internal", 1, 125},
    ExitCode{Code::Usage, "Usage", 2, 125},
    ExitCode{Code::NotFound, "NotFound", 3, 127},
    ExitCode{Code::AlreadyExists, "AlreadyExists", 6, 125},
    ExitCode{Code::NotPermitted, "NotPermitted", 7, 125},
    ExitCode{Code::NotWritable, "NotWritable", 7, 125},
    ExitCode{Code::StorageFull, "StorageFull", 7, 125},
    ExitCode{Code::NotASession, "NotASession", 4, 125},
    ExitCode{Code::SchemaTooNew, "SchemaTooNew", 5, 125},
    ExitCode{Code::ProtocolTooNew, "ProtocolTooNew", 5, 125},
    ExitCode{Code::Corrupt, "Corrupt", 9, 125},
    ExitCode{Code::CannotTrace, "CannotTrace", 1, 126},
    ExitCode{Code::CannotExecute, "CannotExecute", 1, 126},
    ExitCode{Code::Unavailable, "Unavailable", 8, 125},
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
