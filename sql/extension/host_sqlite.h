// SPDX-License-Identifier: Apache-2.0
#pragma once

struct sqlite3_api_routines;

namespace heaptap::sql {

/// From now on every call of SQLite's in this library is one of the program that has loaded it.
void useHostSqlite(const sqlite3_api_routines* host);

}  // namespace heaptap::sql
