// SPDX-License-Identifier: Apache-2.0
#include "collector/store/replaced_file.h"

#include <system_error>

namespace heaptap::store {
namespace fs = std::filesystem;

Result<void> checkReplaced(const fs::path& file, bool force) {
  std::error_code error;
  // A link is replaced itself, whatever it leads to.
  const fs::file_status status = fs::symlink_status(file, error);
  if (!fs::exists(status)) return {};
  if (fs::is_directory(status))
    return failure(Code::NotWritable, file.string(), "is a folder, not a file", "add a file name");
  if (!fs::is_regular_file(status) && !fs::is_symlink(status))
    return failure(Code::NotWritable, file.string(), "is not a regular file", "choose another name");
  if (!force)
    return failure(Code::AlreadyExists, file.string(), "the file exists",
                   "choose another name, or allow it to be replaced with --force");
  return {};
}

Result<void> checkCopy(const fs::path& session, const fs::path& copy, bool force) {
  std::error_code error;
  if (fs::equivalent(session, copy, error))
    return failure(Code::Usage, copy.string(), "this is the session itself", "choose another name");
  return checkReplaced(copy, force);
}

}  // namespace heaptap::store
