// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "cli/terminal/progress.h"

namespace heaptap::cli {

void Output::write(std::string_view text) {
  if (isatty(STDOUT_FILENO) == 1) Progress::end();
  if (m_pager != nullptr) return m_pager->write(text);
  if (m_error == 0 && std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail();
}

void Output::fail() {
  m_error = errno;
  if (m_error != EPIPE) return;
  // The reader has seen enough: an end without a word, as that of cat, also where the signal was ignored.
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
}

Result<void> Output::finish() {
  if (m_pager != nullptr) {
    errno = m_pager->finish();
    if (errno != 0) fail();
  }
  if (m_error == 0 && std::fflush(stdout) != 0) fail();
  if (m_error == 0) return {};
  errno = m_error;
  return systemFailure(m_error == ENOSPC ? Code::StorageFull : Code::NotWritable, "standard output",
                       "could not be written");
}

}  // namespace heaptap::cli
