// SPDX-License-Identifier: Apache-2.0
#include "collector/store/abandoned_file.h"

#include "collector/store/database.h"
#include "collector/store/reserve_file.h"

namespace heaptap::store {

bool isAbandoned(const std::filesystem::path& session) { return ReserveFile::isLeftFor(session); }

Result<void> tidyAbandoned(const std::filesystem::path& session) {
  if (ReserveFile::isHeldFor(session))
    return failure(Code::Unavailable, session.string(), "it is being recorded", "wait for its end");
  // First: the log may need the room.
  ReserveFile::removeFor(session);
  return Database::open(session, Database::Mode::ReadWrite)
      .and_then([](Database database) {
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
