// SPDX-License-Identifier: Apache-2.0
#include "cli/run/other_users.h"

#include <sys/stat.h>

#include <system_error>

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

bool hasMode(const fs::path& path, mode_t bits) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & bits) == bits;
}

/// Without links: each folder on the way counts.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::canonical(path, error);
  return error ? fs::path() : real;
}

bool allPass(const fs::path& folder) {
  if (folder.empty()) return false;
  for (fs::path at = folder;; at = at.parent_path()) {
    if (!hasMode(at, S_IXOTH)) return false;
    if (at == at.parent_path()) return true;
  }
}

}  // namespace

bool othersMayEnter(const fs::path& folder) { return allPass(resolved(folder)); }

bool othersMayRead(const fs::path& file) {
  const fs::path real = resolved(file);
  return !real.empty() && hasMode(real, S_IROTH) && allPass(real.parent_path());
}

}  // namespace heaptap::cli
