// SPDX-License-Identifier: Apache-2.0
#include "collector/store/reserve_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace heaptap::store {

ReserveFile::ReserveFile(const std::filesystem::path& sessionFile) {
  std::error_code ignored;
  const auto space = std::filesystem::space(std::filesystem::absolute(sessionFile).parent_path(), ignored);
  if (ignored) return;
  std::filesystem::path file = sessionFile;
  file += ".reserve";
  std::filesystem::remove(file, ignored);  // Of a collector that was killed.
  const int descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) return;
  m_file = std::move(file);
  m_bytes = std::clamp<std::uint64_t>(space.available / 8, 1, kBytes);
  const bool taken = ::posix_fallocate(descriptor, 0, static_cast<off_t>(m_bytes)) == 0;
  ::close(descriptor);
  if (!taken) release();
}

ReserveFile::ReserveFile(ReserveFile&& other) noexcept
    : m_file(std::exchange(other.m_file, {})), m_bytes(std::exchange(other.m_bytes, 0)) {}

ReserveFile& ReserveFile::operator=(ReserveFile&& other) noexcept {
  if (this != &other) {
    release();
    m_file = std::exchange(other.m_file, {});
    m_bytes = std::exchange(other.m_bytes, 0);
  }
  return *this;
}

void ReserveFile::release() {
  m_bytes = 0;
  if (m_file.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(std::exchange(m_file, {}), ignored);
}

}  // namespace heaptap::store
