// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <cerrno>
#include <cstdio>

namespace heaptap::cli {

void Output::write(std::string_view text) {
  if (m_error == 0 && std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) m_error = errno;
}

Result<void> Output::finish() {
  if (m_error == 0 && std::fflush(stdout) != 0) m_error = errno;
  if (m_error == 0) return {};
  errno = m_error;
  return systemFailure(m_error == ENOSPC ? Code::StorageFull : Code::NotWritable, "standard output",
                       "the report could not be written");
}

}  // namespace heaptap::cli
