// SPDX-License-Identifier: Apache-2.0
#include "cli/run/private_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "cli/run/other_users.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLongestBase = 60;  ///< Leaves room for the folder's and the socket's names.

/// Root's programs change their user, and still have to get at the relay's socket.
bool isForAllUsers() { return geteuid() == 0; }

}  // namespace

Result<PrivateFolder> PrivateFolder::make() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const char* temporary = std::getenv("TMPDIR");
  for (const std::string& base :
       {std::string(runtime != nullptr ? runtime : ""), std::string(temporary != nullptr ? temporary : ""),
        std::string("/tmp"), std::string("/dev/shm")}) {
    if (base.empty() || base.front() != '/' || base.size() > kLongestBase) continue;
    if (isForAllUsers() && !othersMayEnter(base)) continue;
    std::string path = base + "/heaptap-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) continue;
    if (isForAllUsers()) chmod(path.c_str(), 0711);
    return PrivateFolder(path);
  }
  return systemFailure(Code::NotWritable, "/tmp", "cannot make a folder for heaptap's sockets",
                       "make it writable, or set XDG_RUNTIME_DIR");
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!m_path.empty()) fs::remove_all(m_path, ignored);
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}

PrivateFolder& PrivateFolder::operator=(PrivateFolder&& other) noexcept {
  std::swap(m_path, other.m_path);
  return *this;
}

}  // namespace heaptap::cli
