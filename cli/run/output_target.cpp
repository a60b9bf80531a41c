// SPDX-License-Identifier: Apache-2.0
#include "cli/run/output_target.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "collector/store/new_file.h"
#include "collector/store/replaced_file.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

Result<void> tryToMake(const fs::path& file) {
  return store::tryNewFile(file).map_error([](Error error) {
    error.remedy = error.code == Code::StorageFull ? "make room, or choose another disk with -o FILE"
                                                   : "choose another with -o FILE";
    return error;
  });
}

}  // namespace

Result<void> checkOutput(const fs::path& output, bool force) {
  const fs::path parent = output.parent_path();
  const fs::path folder = parent.empty() ? fs::path(".") : parent;
  struct stat status {};
  if (!output.empty() && output.filename().empty())
    return failure(Code::NotWritable, output.string(), "names a folder, not a file", "add a file name");
  if (stat(folder.c_str(), &status) != 0)
    return systemFailure(Code::NotWritable, folder.string(), "the output folder cannot be used",
                         "create it first");
  if (!S_ISDIR(status.st_mode)) {
    errno = ENOTDIR;
    return systemFailure(Code::NotWritable, folder.string(), "the output folder cannot be used");
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    return systemFailure(Code::NotWritable, folder.string(), "the output folder is not writable",
                         "choose another with -o FILE");
  if (output.empty()) return tryToMake(folder / ("heaptap." + std::to_string(getpid())));
  if (lstat(output.c_str(), &status) != 0) return tryToMake(output);
  if (S_ISDIR(status.st_mode))
    return failure(Code::NotWritable, output.string(), "is a folder, not a file", "add a file name");
  if (!force)
    return failure(Code::AlreadyExists, output.string(), "exists already",
                   "choose another name, or replace it with --force");
  if (!S_ISREG(status.st_mode))
    return failure(Code::NotWritable, output.string(), "is not a regular file", "choose another name");
  return store::checkReplaced(output, force);
}

}  // namespace heaptap::cli
