// SPDX-License-Identifier: Apache-2.0
#include "collector/store/file_state.h"

#include <sys/stat.h>

namespace heaptap::store {
namespace {

std::int64_t nsOf(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

std::optional<FileState> FileState::of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  return FileState{.device = found.st_dev,
                   .inode = found.st_ino,
                   .bytes = static_cast<std::uint64_t>(found.st_size),
                   .modifiedNs = nsOf(found.st_mtim),
                   .owner = found.st_uid,
                   .changedNs = nsOf(found.st_ctim)};
}

}  // namespace heaptap::store
