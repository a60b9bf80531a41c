// SPDX-License-Identifier: Apache-2.0
#include "cli/query/statement_input.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "text/quantity.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kMostStatementBytes = 16 << 20;

}  // namespace

Result<std::string> readStatements(const std::atomic<bool>& isInterrupted) {
  std::string text;
  std::array<char, 1 << 16> piece{};
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (isInterrupted) return failure(Code::Unavailable, "standard input", "interrupted");
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return systemFailure(Code::NotPermitted, "standard input", "cannot be read");
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > kMostStatementBytes)
      return failure(Code::Usage, "standard input",
                     "has more than " + formatBytes(kMostStatementBytes) + " of SQL", "ask in several calls");
  }
}

}  // namespace heaptap::cli
