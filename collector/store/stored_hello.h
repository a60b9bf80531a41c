// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/store/database.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::store {

/// The Hello of a session, in the tables `session` and `argument`.
Result<void> writeHello(Database& database, const v1::Hello& hello);

/// Errors: Corrupt when there is none. What it says is checked by ingest::readHello().
Result<v1::Hello> loadHello(Database& database);

}  // namespace heaptap::store
