// SPDX-License-Identifier: Apache-2.0
#include "collector/store/abandoned_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

#include "collector/store/reserve_file.h"
#include "collector/store/schema.h"

namespace heaptap::store {
namespace {

bool hasBytes(const std::filesystem::path& session, const char* suffix) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(session.string() + suffix, error);
  return !error && bytes > 0;
}

}  // namespace

bool isAbandoned(const std::filesystem::path& session) {
  return ReserveFile::isLeftFor(session) || (hasBytes(session, "-wal") && !ReserveFile::isHeldFor(session));
}

bool isHalfChanged(const std::filesystem::path& session) { return hasBytes(session, "-journal"); }

Result<Database> openForChange(const std::filesystem::path& session) {
  const auto folder = session.has_parent_path() ? session.parent_path() : ".";
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    return systemFailure(Code::NotWritable, session.string(), "cannot be changed there",
                         "copy it, with all that has its name, to another folder");
  return Database::open(session, Database::Mode::ReadWrite);
}

Result<void> tidyAbandoned(const std::filesystem::path& session) {
  if (ReserveFile::isHeldFor(session))
    return failure(Code::Unavailable, session.string(), "it is being recorded", "wait for its end");
  // First: the log may need the room.
  ReserveFile::removeFor(session);
  return openForChange(session)
      .and_then([](Database database) {
        if (auto readable = checkSchema(database); !readable) return readable;
        return database.run("PRAGMA wal_checkpoint(TRUNCATE)").map([&database] {
          // While a process reads the file just now, an empty log stays beside it.
          (void)database.run("PRAGMA journal_mode = DELETE");
        });
      })
      .map_error([&session](Error error) {
        error.where = session.string();
        return error;
      });
}

}  // namespace heaptap::store
