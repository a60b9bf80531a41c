// SPDX-License-Identifier: Apache-2.0
//
// SQLite's functions, as this library's code calls them by name, each a jump into the program's own SQLite. A
// second copy of SQLite in a process is not only waste: the two would drop each other's locks on a file
// (https://sqlite.org/howtocorrupt.html, 2.2.1).
#include "sql/extension/host_sqlite.h"

#define SQLITE_CORE 1  // Only the table of functions, and no macros in place of them.
#include <sqlite3ext.h>

#include <cstdarg>

namespace heaptap::sql {
namespace {

const sqlite3_api_routines* g_host = nullptr;

}  // namespace

void useHostSqlite(const sqlite3_api_routines* host) { g_host = host; }

}  // namespace heaptap::sql

using heaptap::sql::g_host;
using Function = void (*)(sqlite3_context*, int, sqlite3_value**);
using Finish = void (*)(sqlite3_context*);
using Row = int (*)(void*, int, char**, char**);

#define HEAPTAP_HOST(returned, name, parameters, arguments) \
  returned sqlite3_##name parameters { return g_host->name arguments; }

extern "C" {

HEAPTAP_HOST(int, bind_blob64,
             (sqlite3_stmt * s, int i, const void* data, sqlite3_uint64 n, void (*gone)(void*)),
             (s, i, data, n, gone))
HEAPTAP_HOST(int, bind_double, (sqlite3_stmt * s, int i, double value), (s, i, value))
HEAPTAP_HOST(int, bind_int64, (sqlite3_stmt * s, int i, sqlite3_int64 value), (s, i, value))
HEAPTAP_HOST(int, bind_parameter_count, (sqlite3_stmt * s), (s))
HEAPTAP_HOST(int, bind_parameter_index, (sqlite3_stmt * s, const char* name), (s, name))
HEAPTAP_HOST(int, bind_text64,
             (sqlite3_stmt * s, int i, const char* text, sqlite3_uint64 n, void (*gone)(void*),
              unsigned char code),
             (s, i, text, n, gone, code))
HEAPTAP_HOST(int, busy_timeout, (sqlite3 * db, int ms), (db, ms))
HEAPTAP_HOST(int, clear_bindings, (sqlite3_stmt * s), (s))
HEAPTAP_HOST(int, close_v2, (sqlite3 * db), (db))
HEAPTAP_HOST(const void*, column_blob, (sqlite3_stmt * s, int i), (s, i))
HEAPTAP_HOST(int, column_bytes, (sqlite3_stmt * s, int i), (s, i))
HEAPTAP_HOST(int, column_count, (sqlite3_stmt * s), (s))
HEAPTAP_HOST(double, column_double, (sqlite3_stmt * s, int i), (s, i))
HEAPTAP_HOST(sqlite3_int64, column_int64, (sqlite3_stmt * s, int i), (s, i))
HEAPTAP_HOST(const char*, column_name, (sqlite3_stmt * s, int i), (s, i))
HEAPTAP_HOST(const unsigned char*, column_text, (sqlite3_stmt * s, int i), (s, i))
HEAPTAP_HOST(int, column_type, (sqlite3_stmt * s, int i), (s, i))
HEAPTAP_HOST(int, create_function_v2,
             (sqlite3 * db, const char* name, int arguments, int flags, void* data, Function call,
              Function step, Finish finish, void (*gone)(void*)),
             (db, name, arguments, flags, data, call, step, finish, gone))
HEAPTAP_HOST(int, create_module_v2,
             (sqlite3 * db, const char* name, const sqlite3_module* module, void* data, void (*gone)(void*)),
             (db, name, module, data, gone))
HEAPTAP_HOST(const char*, db_filename, (sqlite3 * db, const char* name), (db, name))
HEAPTAP_HOST(sqlite3*, db_handle, (sqlite3_stmt * s), (s))
HEAPTAP_HOST(int, declare_vtab, (sqlite3 * db, const char* sql), (db, sql))
HEAPTAP_HOST(const char*, errmsg, (sqlite3 * db), (db))
HEAPTAP_HOST(int, exec, (sqlite3 * db, const char* sql, Row row, void* data, char** message),
             (db, sql, row, data, message))
HEAPTAP_HOST(int, extended_errcode, (sqlite3 * db), (db))
HEAPTAP_HOST(int, file_control, (sqlite3 * db, const char* name, int op, void* data), (db, name, op, data))
HEAPTAP_HOST(int, finalize, (sqlite3_stmt * s), (s))
HEAPTAP_HOST(void, free, (void* memory), (memory))
HEAPTAP_HOST(sqlite3_int64, hard_heap_limit64, (sqlite3_int64 n), (n))
HEAPTAP_HOST(void*, malloc64, (sqlite3_uint64 n), (n))
HEAPTAP_HOST(int, open_v2, (const char* file, sqlite3** db, int flags, const char* vfs),
             (file, db, flags, vfs))
HEAPTAP_HOST(int, prepare_v2, (sqlite3 * db, const char* sql, int n, sqlite3_stmt** made, const char** end),
             (db, sql, n, made, end))
HEAPTAP_HOST(void, progress_handler, (sqlite3 * db, int every, int (*ask)(void*), void* data),
             (db, every, ask, data))
HEAPTAP_HOST(int, reset, (sqlite3_stmt * s), (s))
HEAPTAP_HOST(void, result_double, (sqlite3_context * c, double value), (c, value))
HEAPTAP_HOST(void, result_error, (sqlite3_context * c, const char* text, int n), (c, text, n))
HEAPTAP_HOST(void, result_error_code, (sqlite3_context * c, int code), (c, code))
HEAPTAP_HOST(void, result_error_nomem, (sqlite3_context * c), (c))
HEAPTAP_HOST(void, result_int64, (sqlite3_context * c, sqlite3_int64 value), (c, value))
HEAPTAP_HOST(void, result_text64,
             (sqlite3_context * c, const char* text, sqlite3_uint64 n, void (*gone)(void*),
              unsigned char code),
             (c, text, n, gone, code))
HEAPTAP_HOST(unsigned char*, serialize, (sqlite3 * db, const char* name, sqlite3_int64* size, unsigned flags),
             (db, name, size, flags))
HEAPTAP_HOST(const char*, sql, (sqlite3_stmt * s), (s))
HEAPTAP_HOST(int, step, (sqlite3_stmt * s), (s))
HEAPTAP_HOST(int, system_errno, (sqlite3 * db), (db))
HEAPTAP_HOST(void*, user_data, (sqlite3_context * c), (c))
HEAPTAP_HOST(int, value_bytes, (sqlite3_value * v), (v))
HEAPTAP_HOST(double, value_double, (sqlite3_value * v), (v))
HEAPTAP_HOST(sqlite3_int64, value_int64, (sqlite3_value * v), (v))
HEAPTAP_HOST(int, value_numeric_type, (sqlite3_value * v), (v))
HEAPTAP_HOST(const unsigned char*, value_text, (sqlite3_value * v), (v))
HEAPTAP_HOST(int, value_type, (sqlite3_value * v), (v))
HEAPTAP_HOST(const char*, vtab_collation, (sqlite3_index_info * info, int i), (info, i))
HEAPTAP_HOST(int, vtab_in, (sqlite3_index_info * info, int i, int all), (info, i, all))
HEAPTAP_HOST(int, vtab_in_first, (sqlite3_value * list, sqlite3_value** value), (list, value))
HEAPTAP_HOST(int, vtab_in_next, (sqlite3_value * list, sqlite3_value** value), (list, value))

/// Only with options that take no argument.
int sqlite3_vtab_config(sqlite3* db, int option, ...) { return g_host->vtab_config(db, option); }

/// Only with options that are on or off.
int sqlite3_db_config(sqlite3* db, int option, ...) {
  std::va_list arguments;
  va_start(arguments, option);
  const int value = va_arg(arguments, int);
  int* const now = va_arg(arguments, int*);
  va_end(arguments);
  return g_host->db_config(db, option, value, now);
}

}  // extern "C"
