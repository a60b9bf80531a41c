// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/recorded_buffer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/relay/target/forked_process.h"
#include "agent/wire/buffer_file.h"

namespace heaptap::relay {
namespace {

/// Takes fields off the front of the preamble's text.
class TextReader {
 public:
  explicit TextReader(const wire::BufferPreamble& preamble) : m_rest(preamble.text, sizeof preamble.text) {}

  std::string take(std::uint32_t bytes) {
    m_good = m_good && bytes <= m_rest.size();
    if (!m_good) return {};
    std::string field(m_rest.substr(0, bytes));
    m_rest.remove_prefix(bytes);
    return field;
  }
  [[nodiscard]] bool good() const { return m_good; }

 private:
  std::string_view m_rest;
  bool m_good = true;
};

std::vector<std::string> argumentsIn(const std::string& text) {
  std::vector<std::string> arguments;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    arguments.emplace_back(text, at, end - at);
    at = end + 1;
  }
  return arguments;
}

Result<UniqueFd> openRegularFile(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file)
    return systemFailure(errno == ENOENT ? Code::NotFound : Code::NotPermitted, path, "cannot be read");
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return failure(Code::NotASession, path, "is not a regular file", "name a file made by HEAPTAP_BUFFER");
  return file;
}

Result<std::unique_ptr<wire::BufferPreamble>> readPreamble(const UniqueFd& file, const std::string& path) {
  auto preamble = std::make_unique<wire::BufferPreamble>();
  const ssize_t n = pread(file.get(), preamble.get(), sizeof *preamble, 0);
  if (n < 0) return systemFailure(Code::NotPermitted, path, "cannot be read");
  if (n < static_cast<ssize_t>(sizeof preamble->magic) || preamble->magic != wire::kBufferMagic)
    return failure(Code::NotASession, path, "is no buffer of a recorded program",
                   "name a file made by HEAPTAP_BUFFER");
  if (n < static_cast<ssize_t>(offsetof(wire::BufferPreamble, complete)))
    return failure(Code::Corrupt, path, "is cut off in its first bytes");
  if (preamble->version != wire::kBufferVersion || preamble->layoutVersion != wire::kLayoutVersion)
    return failure(Code::SchemaTooNew, path,
                   "was written by another version of heaptap (layout " +
                       std::to_string(preamble->layoutVersion) + ", this one reads " +
                       std::to_string(wire::kLayoutVersion) + ")",
                   "recover it with the heaptap that recorded it");
  if (n < static_cast<ssize_t>(sizeof *preamble))
    return failure(Code::Corrupt, path, "is cut off in its first bytes");
  if (preamble->complete.load(std::memory_order_acquire) != 1)
    return failure(Code::Corrupt, path, "was never finished: the program died while it made the file");
  if (!wire::isBufferCapacity(preamble->capacity))
    return failure(Code::Corrupt, path, "has sizes that no program writes");
  return preamble;
}

Result<void> checkLength(const UniqueFd& file, const std::string& path, std::uint64_t expected) {
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return systemFailure(Code::NotPermitted, path, "cannot be read");
  if (static_cast<std::uint64_t>(status.st_size) == expected) return {};
  return failure(
      Code::Corrupt, path,
      "has " + std::to_string(status.st_size) + " bytes, but should have " + std::to_string(expected),
      "copy it again, whole");
}

}  // namespace

Result<RecordedBuffer> RecordedBuffer::open(const std::string& path, const std::string& root) {
  auto file = openRegularFile(path);
  if (!file) return tl::unexpected(file.error());
  auto preamble = readPreamble(*file, path);
  if (!preamble) return tl::unexpected(preamble.error());
  const wire::BufferPreamble& p = **preamble;
  const std::uint64_t bytes = wire::kBufferPreambleBytes + wire::geometryFor(p.capacity).totalBytes;
  if (auto checked = checkLength(*file, path, bytes); !checked) return tl::unexpected(checked.error());
  if (!processesThatMap(file->get()).empty())
    return failure(Code::Unavailable, path, "a program that still runs writes to it", "wait for its end");

  TextReader text(p);
  TargetProcess::Recorded recorded;
  recorded.pid = static_cast<pid_t>(p.pid & 0x7FFF'FFFF);
  recorded.parentPid = static_cast<pid_t>(p.parentPid & 0x7FFF'FFFF);
  recorded.executable = text.take(p.executableBytes);
  recorded.workingDirectory = text.take(p.folderBytes);
  std::string host = text.take(p.hostBytes);
  recorded.command = argumentsIn(text.take(p.commandBytes));
  if (!text.good()) return failure(Code::Corrupt, path, "describes its program with more text than it holds");
  auto process = TargetProcess::recorded(std::move(recorded), root);
  if (!process) return tl::unexpected(process.error());
  auto memory = SharedMemory::ofFile(std::move(*file), wire::kBufferPreambleBytes, p.capacity);
  if (!memory) return tl::unexpected(memory.error());
  if (!(*memory)->isSound()) return failure(Code::Corrupt, path, "is damaged behind its first bytes");
  return RecordedBuffer{std::move(*memory), std::move(*process), std::move(host), p.startedAtUnixNs};
}

}  // namespace heaptap::relay
