// SPDX-License-Identifier: Apache-2.0
#include "collector/service/listen_address.h"

#include <sys/stat.h>

#include <charconv>
#include <filesystem>
#include <string_view>

#include "base/unix_socket.h"

namespace heaptap::service {
namespace {

constexpr std::string_view kUnix = "unix:";

Result<void> checkUnixPath(const std::string& address, const std::string& path) {
  if (const auto valid = unixAddress(path); !valid) return failure(Code::Usage, address, valid.error().what);
  std::error_code ignored;
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (!std::filesystem::is_directory(folder, ignored)) {
    return failure(Code::NotWritable, address, "no such folder: " + folder.string());
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  // A socket of a collector that was killed is in the way of none; gRPC replaces it.
  if (!S_ISSOCK(status.st_mode))
    return failure(Code::AlreadyExists, address, "the path exists and is no socket");
  if (listenerAt(path) == Listener::Present)
    return failure(Code::AlreadyExists, address, "another process listens there already");
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
