// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process_tree.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace heaptap::test {

namespace {

/// Empty when the process is gone, which may happen between opening and reading.
std::string contentOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace

pid_t childOf(pid_t parent, std::string_view word) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (contentOf(entry.path() / "status").find("\nPPid:\t" + std::to_string(parent) + "\n") !=
            std::string::npos &&
        contentOf(entry.path() / "cmdline").find(word) != std::string::npos)
      return std::stoi(name);
  }
  return -1;
}

bool endsWithin(pid_t pid, std::chrono::seconds limit) {
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) return true;
  pollfd wait{handle, POLLIN, 0};
  const bool ended = poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(limit).count())) > 0;
  close(handle);
  return ended;
}

}  // namespace heaptap::test
