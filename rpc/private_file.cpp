// SPDX-License-Identifier: Apache-2.0
#include "rpc/private_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.h"

namespace heaptap::rpc {
namespace {

/// All certificates that Debian trusts are a fifth of it.
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

bool othersCanRead(const struct stat& status) {
  const mode_t others = status.st_uid == 0 ? S_IRWXO | S_IWGRP : S_IRWXO | S_IRWXG;
  return (status.st_mode & others) != 0;
}

Result<std::string> readWhole(const std::string& path, bool isPrivate, struct stat* status) {
  // A pipe would be waited for.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file)
    return systemFailure(errno == ENOENT ? Code::NotFound : Code::NotPermitted, path, "cannot be read");
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return systemFailure(Code::NotPermitted, path, "cannot be read");
  if (!S_ISREG(found.st_mode)) return failure(Code::Usage, path, "is no plain file");
  if (isPrivate && othersCanRead(found))
    return failure(Code::NotPermitted, path, "is secret, and others can read it", "chmod 600 " + path);
  std::string text(kMaxBytes + 1, '\0');
  std::size_t size = 0;
  for (ssize_t bytes = 1; bytes > 0 && size < text.size();) {
    bytes = ::read(file.get(), text.data() + size, text.size() - size);
    if (bytes < 0) return systemFailure(Code::NotPermitted, path, "cannot be read");
    size += static_cast<std::size_t>(bytes);
  }
  if (size > kMaxBytes) return failure(Code::Usage, path, "has more than 1 MiB");
  text.resize(size);
  if (status != nullptr) *status = found;
  return text;
}

}  // namespace

Result<std::string> readPrivateFile(const std::string& path, struct stat* status) {
  return readWhole(path, true, status);
}

Result<std::string> readPublicFile(const std::string& path) { return readWhole(path, false, nullptr); }

}  // namespace heaptap::rpc
