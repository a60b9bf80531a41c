// SPDX-License-Identifier: Apache-2.0
#include "collector/store/replaced_file.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <system_error>

#include "collector/store/schema.h"

namespace heaptap::store {
namespace fs = std::filesystem;
namespace {

/// By the head of SQLite's files (https://www.sqlite.org/fileformat2.html), so that a damaged one is known,
/// too.
bool isSessionOrEmpty(const fs::path& file) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  constexpr std::size_t kIdAt = 68;
  std::array<char, kIdAt + 4> head{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(head.data(), head.size());
  if (stream.eof() && stream.gcount() == 0) return true;
  if (!stream || !std::string_view(head.data(), head.size()).starts_with(kMagic)) return false;
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < 4; ++i) id = id << 8 | static_cast<unsigned char>(head[kIdAt + i]);
  return id == static_cast<std::uint32_t>(kApplicationId);
}

}  // namespace

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
  if (fs::is_regular_file(status) && !isSessionOrEmpty(file))
    return failure(Code::AlreadyExists, file.string(), "the file is no heaptap session, and is not replaced",
                   "choose another name, or remove it");
  return {};
}

Result<void> checkCopy(const fs::path& session, const fs::path& copy, bool force) {
  std::error_code error;
  if (fs::equivalent(session, copy, error))
    return failure(Code::Usage, copy.string(), "this is the session itself", "choose another name");
  return checkReplaced(copy, force);
}

}  // namespace heaptap::store
