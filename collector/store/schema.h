// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "collector/store/database.h"

namespace heaptap::store {

inline constexpr int kApplicationId = 0x6874'6170;  ///< "htap", in the SQLite header at offset 68.

/// Files of one major version are read by every build of it, older and newer (docs/format.md): a minor
/// version adds tables, columns and fields of messages, which an older build passes over.
inline constexpr int kSchemaMajor = 2;
inline constexpr int kSchemaMinor = 1;
inline constexpr int kMinorVersions = 1000;  ///< Of a major one. Smaller numbers are from before version 1.
/// The SQLite header's user_version.
inline constexpr int kSchemaVersion = kSchemaMajor * kMinorVersions + kSchemaMinor;

/// Makes the tables of an empty database.
Result<void> createSchema(Database& database);

/// Makes a file of an older version one of this build's, so that its recording can go on: adds the columns of
/// counters that it does not have.
Result<void> makeRecordable(Database& database);

/// "1.3" of a file with what this build does not know; none of others.
Result<std::optional<std::string>> newerSchema(Database& database);

/// Whether this build may go on with the recording: not where a newer one has left what would then be wrong.
/// Errors: SchemaTooNew.
Result<void> checkRecordable(Database& database);

/// Whether the database is a session file that this build can read.
/// Errors: NotASession, SchemaTooNew, Corrupt.
Result<void> checkSchema(Database& database);

}  // namespace heaptap::store
