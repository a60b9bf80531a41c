// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/error.h"
#include "blob/blob_codec.h"
#include "collector/ingest/record_builder.h"
#include "collector/model/session_counters.h"
#include "collector/store/database.h"
#include "collector/store/statement.h"

namespace heaptap::store {

/// Hands what the tables of a session file hold to a RecordBuilder, definitions first, so that every id
/// is known when it is used. Errors: Corrupt.
Result<void> loadTables(Database& database, ingest::RecordBuilder& builder);

/// The counters of the checkpoint of a message. Errors: NotFound, Corrupt.
Result<model::SessionCounters> loadInstant(Database& database, std::uint64_t sequence);

/// Decodes a batch of events from a row with its `data` and how many `events` it has, which bounds what it
/// may take. Errors: Corrupt.
Result<void> decodeEvents(const Statement& row, BlobDecoder& decoder, v1::EventBatch& batch);

/// How the recording ended; none when the relay did not say.
Result<std::optional<v1::Goodbye>> loadGoodbye(Database& database);

/// How the recording ended, and what the relay counted; nothing when it did not say.
Result<void> loadEnding(Database& database, ingest::RecordBuilder& builder);

}  // namespace heaptap::store
