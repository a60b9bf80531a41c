// SPDX-License-Identifier: Apache-2.0
#include "collector/store/catalogue/catalogue_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "blob/blob_codec.h"
#include "collector/store/schema.h"
#include "collector/store/write_all.h"

namespace heaptap::store {
namespace {

constexpr const char* kName = ".heaptap-catalogue";
constexpr const char* kPartName = ".heaptap-catalogue.part";
/// Of some hundred thousand sessions.
constexpr off_t kMostBytes = 64 << 20;
constexpr std::size_t kMostPlainBytes = 256U << 20;

std::optional<std::string> readAll(int descriptor, off_t bytes) {
  std::string contents(static_cast<std::size_t>(bytes), '\0');
  std::size_t filled = 0;
  while (filled < contents.size()) {
    const ssize_t got = ::read(descriptor, contents.data() + filled, contents.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    filled += static_cast<std::size_t>(got);
  }
  return contents;
}

}  // namespace

std::optional<CatalogueFile> CatalogueFile::read(const std::filesystem::path& folder) {
  const UniqueFd file(
      ::open((folder / kName).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  struct stat found {};
  if (!file || ::fstat(file.get(), &found) != 0) return std::nullopt;
  // Others than its owner may not have written it.
  if (!S_ISREG(found.st_mode) || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0 || found.st_size > kMostBytes)
    return std::nullopt;
  const auto blob = readAll(file.get(), found.st_size);
  CatalogueFile read{.contents = {}, .owner = found.st_uid};
  if (!blob || !BlobDecoder().decode(*blob, read.contents, kMostPlainBytes)) return std::nullopt;
  if (read.contents.schema() != static_cast<std::uint32_t>(kSchemaVersion)) return std::nullopt;
  return read;
}

void CatalogueFile::write(const std::filesystem::path& folder, const catalogue::Catalogue& contents) {
  const auto blob = BlobEncoder().encode(contents);
  if (!blob || blob->size() > static_cast<std::size_t>(kMostBytes)) return;
  const std::string part = folder / kPartName;
  const UniqueFd file(::open(part.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644));
  if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return;
  // Another process may have finished in between: then what is open here is the catalogue, or something else.
  struct stat opened {
  }, named{};
  if (::fstat(file.get(), &opened) != 0 || ::lstat(part.c_str(), &named) != 0) return;
  if (!S_ISREG(opened.st_mode) || opened.st_ino != named.st_ino || opened.st_dev != named.st_dev ||
      opened.st_nlink != 1 || opened.st_uid != ::geteuid())
    return;
  if (::ftruncate(file.get(), 0) == 0 && writeAll(file.get(), *blob) &&
      ::rename(part.c_str(), (folder / kName).c_str()) == 0)
    return;
  ::unlink(part.c_str());
}

}  // namespace heaptap::store
