// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/ingest/record_builder.h"
#include "collector/model/session_counters.h"
#include "collector/store/database.h"

namespace heaptap::store {

/// Hands what the tables of a session file hold to a RecordBuilder, definitions first, so that every id
/// is known when it is used. Errors: Corrupt.
Result<void> loadTables(Database& database, ingest::RecordBuilder& builder);

/// The counters of a snapshot, by its mark's position. Errors: NotFound, Corrupt.
Result<model::SessionCounters> loadSnapshot(Database& database, std::size_t mark);

/// How the recording ended, and what the relay counted; nothing when it did not say.
Result<void> loadEnding(Database& database, ingest::RecordBuilder& builder);

}  // namespace heaptap::store
