// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/buffer_preamble.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/utsname.h>

#include <cstring>

#include "agent/capture/system/descriptor.h"
#include "agent/capture/system/kernel.h"

namespace heaptap::capture {
namespace {

/// The rest of the preamble's text.
class Text {
 public:
  explicit Text(wire::BufferPreamble& preamble) : m_at(preamble.text), m_left(sizeof(preamble.text)) {}

  [[nodiscard]] long at() const { return kernel::asWord(m_at); }
  [[nodiscard]] long room(std::size_t most) const { return static_cast<long>(m_left < most ? m_left : most); }
  /// Keeps what a system call has written at `at()`; none when it failed.
  std::uint32_t keep(long bytes) {
    if (bytes <= 0) return 0;
    m_at += bytes;
    m_left -= static_cast<std::size_t>(bytes);
    return static_cast<std::uint32_t>(bytes);
  }

 private:
  char* m_at;
  std::size_t m_left;
};

std::uint32_t readCommand(Text& text) {
  const Descriptor file(
      arch::systemCall(SYS_openat, AT_FDCWD, kernel::asWord("/proc/self/cmdline"), O_RDONLY | O_CLOEXEC));
  std::uint32_t bytes = 0;
  while (file.valid() && text.room(1) > 0) {
    const std::uint32_t more =
        text.keep(arch::systemCall(SYS_read, file.number(), text.at(), text.room(SIZE_MAX)));
    if (more == 0) break;
    bytes += more;
  }
  return bytes;
}

}  // namespace

void describeProcess(wire::BufferPreamble& preamble) {
  preamble.pid = kernel::processId();
  preamble.parentPid = static_cast<std::uint32_t>(arch::systemCall(SYS_getppid));
  timespec now{};
  arch::systemCall(SYS_clock_gettime, CLOCK_REALTIME, kernel::asWord(&now));
  preamble.startedAtUnixNs = static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;

  Text text(preamble);
  preamble.executableBytes = text.keep(arch::systemCall(
      SYS_readlinkat, AT_FDCWD, kernel::asWord("/proc/self/exe"), text.at(), text.room(PATH_MAX)));
  // Its length includes the zero.
  preamble.folderBytes = text.keep(arch::systemCall(SYS_getcwd, text.at(), text.room(PATH_MAX)) - 1);
  utsname host{};
  if (arch::systemCall(SYS_uname, kernel::asWord(&host)) == 0) {
    const std::size_t length = strnlen(host.nodename, sizeof(host.nodename));
    std::memcpy(reinterpret_cast<void*>(text.at()), host.nodename, length);
    preamble.hostBytes = text.keep(static_cast<long>(length));
  }
  preamble.commandBytes = readCommand(text);
}

}  // namespace heaptap::capture
