// SPDX-License-Identifier: Apache-2.0
#include "collector/store/new_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "base/unique_fd.h"
#include "collector/store/database.h"
#include "collector/store/replaced_file.h"
#include "collector/store/reserve_file.h"
#include "collector/store/schema.h"
#include "collector/store/stored_hello.h"
#include "collector/store/write_all.h"

namespace heaptap::store {
namespace {

Result<std::string> contentsFor(const std::filesystem::path& file, const v1::Hello& hello) {
  auto database = Database::open(file, Database::Mode::Memory);
  if (!database) return tl::unexpected(database.error());
  return database
      ->run("PRAGMA page_size = " + std::to_string(kSessionPageBytes))
      // What goes in the end leaves no space behind.
      .and_then(
          [&] { return database->run(hello.without_events() ? "PRAGMA auto_vacuum = INCREMENTAL" : ""); })
      .and_then([&] { return createSchema(*database); })
      .and_then([&] { return writeHello(*database, hello); })
      .and_then([&] {
        return database->run(
            "INSERT INTO recording (last_sequence, finished, events_not_stored) VALUES (0, 0, 0)");
      })
      .and_then([&] { return database->contents(); })
      .map([](std::string contents) {
        // Bytes 18 and 19 of the header say that there is a log (https://www.sqlite.org/fileformat2.html).
        contents[18] = contents[19] = 2;
        return contents;
      });
}

tl::unexpected<Error> cannotCreate(const std::filesystem::path& file) {
  switch (errno) {
    case EEXIST:  // Another has made it meanwhile; it may be gone by now, and is not ours all the same.
      return failure(Code::AlreadyExists, file.string(), "the file exists",
                     "choose another name, or allow it to be replaced with --force");
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return failure(Code::StorageFull, file.string(), kStorageFullWords);
    case EMFILE:
    case ENFILE: {
      auto error = systemFailure(Code::Unavailable, file.string(), "cannot create");
      error.value().isPassing = true;
      return error;
    }
    default: return systemFailure(Code::NotWritable, file.string(), "cannot create");
  }
}

/// Gives the contents a name only when they are all there. Returns false where the file system has no files
/// without a name, or gives them none (open(2), O_TMPFILE). Errors: as makeSessionFile().
Result<bool> appear(const std::filesystem::path& file, std::string_view contents) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const UniqueFd nameless(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
  if (!nameless) return false;
  if (!writeAll(nameless.get(), contents)) return cannotCreate(file);
  const std::string link = "/proc/self/fd/" + std::to_string(nameless.get());
  if (::linkat(AT_FDCWD, link.c_str(), AT_FDCWD, file.c_str(), AT_SYMLINK_FOLLOW) == 0) return true;
  if (errno == EEXIST) return cannotCreate(file);
  return false;
}

Result<void> writeNew(const std::filesystem::path& file, std::string_view contents) {
  const UniqueFd created(::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666));
  if (!created) return cannotCreate(file);
  if (writeAll(created.get(), contents)) return {};
  auto failed = cannotCreate(file);
  removeSessionFile(file);
  return failed;
}

/// Of a session of a program that does nothing: 172,032.
constexpr off_t kLeastBytes = 192 << 10;

}  // namespace

Result<void> tryNewFile(const std::filesystem::path& file) {
  const std::string tried = file.string() + ".try";  // As long as what SQLite keeps beside it.
  const UniqueFd created(::open(tried.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!created) {
    if (errno == EEXIST) return {};  // Files can be made there.
    return cannotCreate(file);
  }
  ::unlink(tried.c_str());
  // The collector raises a limit of its own on the size of files, and says so where it may not.
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur < kLeastBytes) return {};
  errno = ::posix_fallocate(created.get(), 0, kLeastBytes);
  if (errno == 0) return {};
  return cannotCreate(file);
}

void removeSessionFile(const std::filesystem::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"-wal", "-shm", "-journal", ""})
    std::filesystem::remove(file.string() + suffix, ignored);
}

Result<void> makeSessionFile(const std::filesystem::path& file, const v1::Hello& hello, bool force) {
  if (auto checked = checkReplaced(file, force); !checked) return checked;
  if (force && ReserveFile::isHeldFor(file))
    return failure(Code::AlreadyExists, file.string(), "a collector is recording there",
                   "choose another name, or wait for its end");
  const auto contents = contentsFor(file, hello);
  if (!contents) return tl::unexpected(contents.error());
  if (force) removeSessionFile(file);
  return appear(file, *contents).and_then([&](bool isThere) -> Result<void> {
    if (isThere) return {};
    return writeNew(file, *contents);
  });
}

}  // namespace heaptap::store
