// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/store/database.h"

namespace heaptap::store {

inline constexpr int kApplicationId = 0x6874'6170;  ///< "htap", in the SQLite header at offset 68.
inline constexpr int kSchemaVersion = 7;            ///< The SQLite header's user_version.

/// Makes the tables of an empty database.
Result<void> createSchema(Database& database);

/// Adds the columns of counters that a file from before them does not have, so that its recording can go on.
Result<void> addMissingCounters(Database& database);

/// Whether the database is a session file that this build can read.
/// Errors: NotASession, SchemaTooNew, Corrupt.
Result<void> checkSchema(Database& database);

}  // namespace heaptap::store
