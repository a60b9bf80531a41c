// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/uplink/spool.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>

namespace heaptap::relay {
namespace {

UniqueFd openUnlinked(const std::string& directory) {
  UniqueFd fd(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  // Not every file system has O_TMPFILE.
  std::string path = directory + "/heaptap-spool-XXXXXX";
  fd = UniqueFd(mkostemp(path.data(), O_CLOEXEC));
  if (fd) unlink(path.c_str());
  return fd;
}

bool writeAll(int fd, const std::string& bytes, std::uint64_t offset) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = pwrite(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

void Spool::push(std::string message) {
  const std::lock_guard lock(m_mutex);
  Kept kept;
  kept.size = message.size();
  if (m_memory + message.size() > m_options.memoryBytes && writeToFile(message)) {
    kept.offset = m_fileEnd;
    m_fileEnd += message.size();
    m_file += message.size();
  } else {
    m_memory += message.size();
    kept.inMemory = std::make_shared<const std::string>(std::move(message));
  }
  m_kept.push_back(std::move(kept));
}

bool Spool::writeToFile(const std::string& message) {
  if (!m_fd) m_fd = openUnlinked(m_options.directory);
  m_fileFailed = !m_fd || !writeAll(m_fd.get(), message, m_fileEnd);
  return !m_fileFailed;
}

bool Spool::hasRoom() const {
  const std::lock_guard lock(m_mutex);
  if (m_fileFailed && m_memory >= m_options.memoryBytes) return false;
  return m_memory + m_file < m_options.totalBytes;
}

std::uint64_t Spool::last() const {
  const std::lock_guard lock(m_mutex);
  return m_acknowledged + m_kept.size();
}

std::uint64_t Spool::acknowledged() const {
  const std::lock_guard lock(m_mutex);
  return m_acknowledged;
}

std::uint64_t Spool::bytes() const {
  const std::lock_guard lock(m_mutex);
  return m_memory + m_file;
}

std::uint64_t Spool::bytesInFile() const {
  const std::lock_guard lock(m_mutex);
  return m_file;
}

std::uint64_t Spool::sizeOf(std::uint64_t number) const {
  const std::lock_guard lock(m_mutex);
  return m_kept.at(number - m_acknowledged - 1).size;
}

Spool::Message Spool::read(std::uint64_t number) const {
  const std::lock_guard lock(m_mutex);
  const Kept& kept = m_kept.at(number - m_acknowledged - 1);
  if (kept.inMemory) return kept.inMemory;
  auto message = std::make_shared<std::string>(kept.size, '\0');
  for (std::size_t done = 0; done < kept.size;) {
    const ssize_t n =
        pread(m_fd.get(), message->data() + done, kept.size - done, static_cast<off_t>(kept.offset + done));
    if (n <= 0) return nullptr;
    done += static_cast<std::size_t>(n);
  }
  return message;
}

void Spool::acknowledge(std::uint64_t number) {
  const std::lock_guard lock(m_mutex);
  for (; m_acknowledged < number && !m_kept.empty(); ++m_acknowledged) {
    release(m_kept.front());
    m_kept.pop_front();
  }
}

void Spool::release(const Kept& kept) {
  if (kept.inMemory) {
    m_memory -= kept.size;
    return;
  }
  m_file -= kept.size;
  m_fileFailed = false;  // Space has become free: worth another try.
  if (m_file == 0) {
    m_fileEnd = 0;
    static_cast<void>(ftruncate(m_fd.get(), 0));
  } else {
    // May be unsupported; then the space comes back when the file is empty.
    static_cast<void>(fallocate(m_fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                static_cast<off_t>(kept.offset), static_cast<off_t>(kept.size)));
  }
}

}  // namespace heaptap::relay
