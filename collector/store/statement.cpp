// SPDX-License-Identifier: Apache-2.0
#include "collector/store/statement.h"

#include <sqlite3.h>

namespace heaptap::store {
namespace {

Code codeOf(int extended) {
  switch (extended & 0xFF) {
    // A full disk is SQLITE_FULL, but a file size limit or quota is a failed write.
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
    case SQLITE_IOERR: return Code::StorageFull;
    case SQLITE_NOTADB: return Code::NotASession;
    case SQLITE_CORRUPT: return Code::Corrupt;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return Code::NotWritable;
    case SQLITE_PERM:
    case SQLITE_AUTH: return Code::NotPermitted;
    default: return Code::Internal;
  }
}

}  // namespace

tl::unexpected<Error> databaseFailure(sqlite3* handle, std::string_view action) {
  const int extended = sqlite3_extended_errcode(handle);
  const char* name = sqlite3_db_filename(handle, "main");
  std::string what = std::string(action) + ": " + sqlite3_errmsg(handle);
  if ((extended & 0xFF) == SQLITE_IOERR && extended != SQLITE_IOERR_WRITE) {
    const bool reading = extended == SQLITE_IOERR_READ || extended == SQLITE_IOERR_SHORT_READ;
    if (reading) return failure(Code::Corrupt, name != nullptr ? name : "", std::move(what));
  }
  return failure(codeOf(extended), name != nullptr ? name : "", std::move(what));
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

void Statement::reset() {
  sqlite3_reset(m_handle.get());
  sqlite3_clear_bindings(m_handle.get());
  m_bindStatus = SQLITE_OK;
}

Result<bool> Statement::next() {
  const int status = m_bindStatus == SQLITE_OK ? sqlite3_step(m_handle.get()) : m_bindStatus;
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  auto error = databaseFailure(sqlite3_db_handle(m_handle.get()), "SQLite");
  sqlite3_reset(m_handle.get());  // Or it would keep the transaction open.
  return error;
}

Result<void> Statement::finish() {
  auto stepped = next();
  sqlite3_reset(m_handle.get());
  return std::move(stepped).map([](bool) {});
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(m_handle.get(), column); }

std::string_view Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(m_handle.get(), column));
  const int size = sqlite3_column_bytes(m_handle.get(), column);
  return bytes == nullptr ? std::string_view{} : std::string_view(bytes, static_cast<std::size_t>(size));
}

std::optional<int> Statement::columnNamed(std::string_view name) const {
  const int columns = sqlite3_column_count(m_handle.get());
  for (int column = 0; column < columns; ++column)
    if (name == sqlite3_column_name(m_handle.get(), column)) return column;
  return std::nullopt;
}

int Statement::parameterNamed(const char* name) const {
  return sqlite3_bind_parameter_index(m_handle.get(), name);
}

double Statement::real(int column) const { return sqlite3_column_double(m_handle.get(), column); }

bool Statement::isNull(int column) const {
  return sqlite3_column_type(m_handle.get(), column) == SQLITE_NULL;
}

// Bound bytes are not copied: every caller steps while its arguments live.
void Statement::bind(int parameter, std::string_view text) {
  const char* bytes = text.data() != nullptr ? text.data() : "";  // A null pointer would bind NULL.
  const int status =
      sqlite3_bind_text64(m_handle.get(), parameter, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (m_bindStatus == SQLITE_OK) m_bindStatus = status;
}

void Statement::bind(int parameter, BlobView blob) {
  const char* bytes = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
  const int status = sqlite3_bind_blob64(m_handle.get(), parameter, bytes, blob.bytes.size(), SQLITE_STATIC);
  if (m_bindStatus == SQLITE_OK) m_bindStatus = status;
}

void Statement::bind(int parameter, double value) {
  const int status = sqlite3_bind_double(m_handle.get(), parameter, value);
  if (m_bindStatus == SQLITE_OK) m_bindStatus = status;
}

void Statement::bindInteger(int parameter, std::int64_t value) {
  const int status = sqlite3_bind_int64(m_handle.get(), parameter, value);
  if (m_bindStatus == SQLITE_OK) m_bindStatus = status;
}

}  // namespace heaptap::store
