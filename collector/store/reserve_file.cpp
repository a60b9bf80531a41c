// SPDX-License-Identifier: Apache-2.0
#include "collector/store/reserve_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace heaptap::store {
namespace {

std::filesystem::path reserveOf(const std::filesystem::path& sessionFile) {
  std::filesystem::path file = sessionFile;
  file += ".reserve";
  return file;
}

}  // namespace

ReserveFile::ReserveFile(const std::filesystem::path& sessionFile) {
  std::error_code ignored;
  const auto space = std::filesystem::space(std::filesystem::absolute(sessionFile).parent_path(), ignored);
  if (ignored) return;
  std::filesystem::path file = reserveOf(sessionFile);
  std::filesystem::remove(file, ignored);  // Of a collector that was killed.
  m_descriptor = UniqueFd(::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!m_descriptor) return;
  ::flock(m_descriptor.get(), LOCK_EX);  // At most, another process is looking whether it is locked.
  // Who may read the session may see that it is being written; not before, as others could lock it first.
  struct stat session {};
  if (::stat(sessionFile.c_str(), &session) == 0)
    ::fchmod(m_descriptor.get(), 0600U | (session.st_mode & 0044U));
  m_file = std::move(file);
  takeAgain(std::clamp<std::uint64_t>(space.available / 8, 1, kBytes));
}

void ReserveFile::giveBack() {
  m_bytes = 0;
  // Nothing is written, so that this needs no room.
  if (m_descriptor) static_cast<void>(::ftruncate(m_descriptor.get(), 0) == 0);
}

bool ReserveFile::takeAgain(std::uint64_t bytes) {
  if (!m_descriptor || bytes == 0) return bytes == 0;
  if (::posix_fallocate(m_descriptor.get(), 0, static_cast<off_t>(bytes)) != 0) {
    giveBack();
    return false;
  }
  m_bytes = bytes;
  return true;
}

bool ReserveFile::isHeldFor(const std::filesystem::path& sessionFile) {
  const UniqueFd file(::open(reserveOf(sessionFile).c_str(), O_RDONLY | O_CLOEXEC));
  return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

bool ReserveFile::isLeftFor(const std::filesystem::path& sessionFile) {
  const UniqueFd file(::open(reserveOf(sessionFile).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  return file && ::flock(file.get(), LOCK_SH | LOCK_NB) == 0;
}

void ReserveFile::removeFor(const std::filesystem::path& sessionFile) {
  std::error_code ignored;
  std::filesystem::remove(reserveOf(sessionFile), ignored);
}

ReserveFile::ReserveFile(ReserveFile&& other) noexcept
    : m_file(std::exchange(other.m_file, {})),
      m_bytes(std::exchange(other.m_bytes, 0)),
      m_descriptor(std::move(other.m_descriptor)) {}

ReserveFile& ReserveFile::operator=(ReserveFile&& other) noexcept {
  if (this != &other) {
    release();
    m_file = std::exchange(other.m_file, {});
    m_bytes = std::exchange(other.m_bytes, 0);
    m_descriptor = std::move(other.m_descriptor);
  }
  return *this;
}

void ReserveFile::release() {
  m_bytes = 0;
  if (m_file.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(std::exchange(m_file, {}), ignored);
  m_descriptor.reset();  // Also gives back the disk space.
}

}  // namespace heaptap::store
