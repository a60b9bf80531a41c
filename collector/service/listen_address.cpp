// SPDX-License-Identifier: Apache-2.0
#include "collector/service/listen_address.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace heaptap::service {
namespace {

constexpr std::string_view kUnix = "unix:";

/// Whether somebody accepts connections on a socket's path.
bool isAnswered(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool answered =
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return answered;
}

Result<void> checkUnixPath(const std::string& address, const std::string& path) {
  constexpr std::size_t kMaxPath = sizeof(sockaddr_un::sun_path) - 1;
  if (path.empty() || path.size() > kMaxPath) {
    return failure(Code::Usage, address, "the path must have 1 to " + std::to_string(kMaxPath) + " bytes");
  }
  std::error_code ignored;
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (!std::filesystem::is_directory(folder, ignored)) {
    return failure(Code::NotWritable, address, "no such folder: " + folder.string());
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  // A socket of a collector that was killed is in nobody's way; gRPC replaces it.
  if (!S_ISSOCK(status.st_mode))
    return failure(Code::AlreadyExists, address, "the path exists and is no socket");
  if (isAnswered(path)) return failure(Code::AlreadyExists, address, "somebody listens there already");
  return {};
}

}  // namespace

std::string unixPathOf(const std::string& address) {
  if (!std::string_view(address).starts_with(kUnix)) return {};
  std::string path = address.substr(kUnix.size());
  if (path.starts_with("///")) path.erase(0, 2);  // unix:///absolute/path
  return path;
}

Result<void> checkAddress(const std::string& address) {
  if (address.starts_with(kUnix)) return checkUnixPath(address, unixPathOf(address));
  const auto colon = address.rfind(':');
  unsigned port = 0;
  const char* end = address.data() + address.size();
  const bool valid = colon != std::string::npos && colon > 0 && address.data() + colon + 1 != end &&
                     std::from_chars(address.data() + colon + 1, end, port).ptr == end && port <= 65535;
  if (!valid) return failure(Code::Usage, address, "not an address", "give unix:PATH or HOST:PORT");
  return {};
}

}  // namespace heaptap::service
