// SPDX-License-Identifier: Apache-2.0
//
// `heaptap_sqlite.so`: the tables of sql/ for any program that loads extensions into its SQLite.
#define SQLITE_CORE 1  // Calls go by their names: sql/extension/host_sqlite.cpp has them.
#include <sqlite3ext.h>

#include <exception>
#include <string>

#include "sql/extension/host_sqlite.h"
#include "sql/registration.h"
#include "sql/virtual_table.h"

namespace heaptap::sql {
namespace {

constexpr int kOldestSqlite = 3'038'000;  // The first with sqlite3_vtab_in().

int addToConnection(sqlite3* connection, char** message) {
  const auto refuse = [message](const std::string& why) {
    if (message != nullptr) *message = sqliteText(why);
    return SQLITE_ERROR;
  };
  try {
    const auto added = addTables(connection);
    // For good: Protocol Buffers keeps what it knows of this library's messages.
    return added ? SQLITE_OK_LOAD_PERMANENTLY : refuse("heaptap: " + added.error().line());
  } catch (const std::exception& error) {
    return refuse(std::string("heaptap: ") + error.what());
  }
}

}  // namespace
}  // namespace heaptap::sql

extern "C" [[gnu::visibility("default")]] int sqlite3_extension_init(sqlite3* connection, char** message,
                                                                     const sqlite3_api_routines* host) {
  if (host->libversion_number() < heaptap::sql::kOldestSqlite) {
    if (message != nullptr)
      *message = host->mprintf("heaptap needs SQLite 3.38 or newer, not %s", host->libversion());
    return SQLITE_ERROR;
  }
  heaptap::sql::useHostSqlite(host);
  return heaptap::sql::addToConnection(connection, message);
}
