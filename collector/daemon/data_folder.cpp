// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace heaptap::daemon {
namespace fs = std::filesystem;
namespace {

fs::path fromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  // The specification: relative paths are to be ignored.
  return value != nullptr && *value == '/' ? fs::path(value) : fs::path();
}

}  // namespace

Result<DataFolder> DataFolder::open(const fs::path& path) {
  std::error_code error;
  if (fs::create_directories(path, error)) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return failure(Code::NotWritable, path, "cannot make the folder: " + error.message());
  const fs::path lockFile = path / ".heaptapd.lock";
  UniqueFd lock(::open(lockFile.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (!lock) {
    return systemFailure(Code::NotWritable, path, "cannot write there", "name another folder with --data");
  }
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return failure(Code::AlreadyExists, path, "another heaptapd keeps its sessions there",
                   "stop it, or name another folder with --data");
  }
  return DataFolder(path, std::move(lock));
}

std::vector<fs::path> DataFolder::sessionFiles() const {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(m_path, error)) {
    if (entry.path().extension() == ".heaptap") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

fs::path defaultDataFolder() {
  if (const fs::path data = fromEnvironment("XDG_DATA_HOME"); !data.empty()) return data / "heaptap";
  if (const fs::path home = fromEnvironment("HOME"); !home.empty()) return home / ".local/share/heaptap";
  return "heaptap";
}

}  // namespace heaptap::daemon
