// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/admission/user_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace heaptap::relay {

std::string userSocket() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string folder = runtime != nullptr && *runtime == '/'
                                 ? std::string(runtime) + "/heaptap"
                                 : "/tmp/heaptap-" + std::to_string(geteuid());
  return folder + "/relay.sock";
}

Result<void> makeSocketFolder(const std::string& socketPath) {
  const std::string folder = std::filesystem::path(socketPath).parent_path();
  if (folder.empty()) return {};
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return systemFailure(Code::NotWritable, folder, "cannot make the folder for the socket",
                         "set XDG_RUNTIME_DIR");
  struct stat status {};
  if (lstat(folder.c_str(), &status) != 0) return systemFailure(Code::NotWritable, folder, "cannot be used");
  if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return failure(Code::NotPermitted, folder, "is not this user's own, or others may write to it",
                   "remove it, or set XDG_RUNTIME_DIR");
  return {};
}

}  // namespace heaptap::relay
