// SPDX-License-Identifier: Apache-2.0
#include "collector/store/statement.h"

#include <sqlite3.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace heaptap::store {
namespace {

constexpr std::size_t kNumberBytes = 4;  // About what SQLite stores.

bool isReading(int extended) { return extended == SQLITE_IOERR_READ || extended == SQLITE_IOERR_SHORT_READ; }

/// A table or a column that each session has.
bool isLacking(int extended, std::string_view said) {
  return (extended & 0xFF) == SQLITE_ERROR && said.starts_with("no such ");
}

Code codeOf(int extended, std::string_view said) {
  switch (extended & 0xFF) {
    // A full disk is SQLITE_FULL, but a file size limit or quota is a failed write.
    case SQLITE_FULL:
    case SQLITE_TOOBIG: return Code::StorageFull;
    case SQLITE_IOERR: return isReading(extended) ? Code::Corrupt : Code::StorageFull;
    case SQLITE_NOTADB: return Code::NotASession;
    case SQLITE_CORRUPT: return Code::Corrupt;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return Code::NotWritable;
    case SQLITE_PERM:
    case SQLITE_AUTH: return Code::NotPermitted;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT: return Code::Unavailable;
    default: return isLacking(extended, said) ? Code::Corrupt : Code::Internal;
  }
}

}  // namespace

namespace {

/// In the words of who has the file, not of SQLite; `system`: errno of the call that failed, or 0.
std::string wordsFor(int extended, int system, const std::string& said) {
  const std::string why = system == 0 ? std::string() : ": " + std::generic_category().message(system);
  switch (extended & 0xFF) {
    case SQLITE_FULL: return kStorageFullWords;
    case SQLITE_TOOBIG: return "cannot be written: a part of it is too large";
    case SQLITE_IOERR:
      return isReading(extended) ? "cannot be read: it is cut off, or its disk fails" + why
                                 : "cannot be written" + why;
    case SQLITE_NOTADB: return "not a heaptap session";
    case SQLITE_CORRUPT: return "it is damaged";
    case SQLITE_CANTOPEN: return "cannot be opened" + why;
    case SQLITE_READONLY: return "may not be written";
    case SQLITE_PERM:
    case SQLITE_AUTH: return "permission denied";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program has locked it";
    case SQLITE_INTERRUPT: return "the reading was stopped";
    default: return isLacking(extended, said) ? "it is damaged: " + said : "SQLite: " + said;
  }
}

}  // namespace

tl::unexpected<Error> databaseFailure(sqlite3* handle) {
  const int extended = sqlite3_extended_errcode(handle);
  // Without memory for it there is no connection to ask.
  const char* name = handle != nullptr ? sqlite3_db_filename(handle, "main") : nullptr;
  const int system = sqlite3_system_errno(handle);
  const std::string said = sqlite3_errmsg(handle);
  auto error = failure(codeOf(extended, said), name != nullptr ? name : "", wordsFor(extended, system, said));
  // What could not be opened for want of a descriptor can be once there is one.
  if ((extended & 0xFF) == SQLITE_CANTOPEN && (system == EMFILE || system == ENFILE)) {
    error.value().code = Code::Unavailable;
    error.value().isPassing = true;
  }
  return error;
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

void Statement::reset(std::size_t values) {
  sqlite3_reset(m_handle.get());
  sqlite3_clear_bindings(m_handle.get());
  const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(m_handle.get()));
  m_bindStatus = values == wanted ? SQLITE_OK : SQLITE_RANGE;
}

Result<bool> Statement::next() {
  const int status = m_bindStatus == SQLITE_OK ? sqlite3_step(m_handle.get()) : m_bindStatus;
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  auto error = m_bindStatus == SQLITE_RANGE ? failure(Code::Internal, sqlite3_sql(m_handle.get()),
                                                      "called with other values than it has")
                                            : databaseFailure(sqlite3_db_handle(m_handle.get()));
  sqlite3_reset(m_handle.get());  // Or it would keep the transaction open.
  return error;
}

Result<void> Statement::finish() {
  auto stepped = next();
  sqlite3_reset(m_handle.get());
  return std::move(stepped).map([](bool) {});
}

int Statement::column(Name name) const {
  for (const Place& known : m_columns)
    if (known.name == name) return known.at;
  int at = sqlite3_column_count(m_handle.get()) - 1;
  while (at >= 0 && std::string_view(sqlite3_column_name(m_handle.get(), at)) != name.text()) --at;
  m_columns.push_back({.name = name, .at = at});
  return at;
}

bool Statement::has(Name name) const { return column(name) >= 0; }

int Statement::columnOrMissing(Name name) const {
  const int at = column(name);
  if (at < 0) m_missing = name;
  return at;  // SQLite takes -1 for null.
}

int Statement::parameter(std::size_t position, Name name) {
  if (position < m_parameters.size() && m_parameters[position].name == name) return m_parameters[position].at;
  m_parameters.resize(position, {.name = name, .at = 0});
  const std::string text = std::string(":") + name.text();
  m_parameters.push_back({.name = name, .at = sqlite3_bind_parameter_index(m_handle.get(), text.c_str())});
  return m_parameters.back().at;
}

std::int64_t Statement::integer(Name name) const {
  return sqlite3_column_int64(m_handle.get(), columnOrMissing(name));
}

std::int64_t Statement::firstInteger() const { return sqlite3_column_int64(m_handle.get(), 0); }

std::string_view Statement::text(Name name) const {
  const int at = columnOrMissing(name);
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(m_handle.get(), at));
  const int size = sqlite3_column_bytes(m_handle.get(), at);
  return bytes == nullptr ? std::string_view{} : std::string_view(bytes, static_cast<std::size_t>(size));
}

double Statement::real(Name name) const {
  return sqlite3_column_double(m_handle.get(), columnOrMissing(name));
}

std::size_t Statement::rowBytes() const {
  std::size_t bytes = 0;
  const int columns = sqlite3_column_count(m_handle.get());
  for (int column = 0; column < columns; ++column) {
    const int type = sqlite3_column_type(m_handle.get(), column);
    // Asking for the bytes of a number would turn it into a text.
    bytes += type == SQLITE_BLOB || type == SQLITE_TEXT
                 ? static_cast<std::size_t>(sqlite3_column_bytes(m_handle.get(), column))
                 : kNumberBytes;
  }
  return bytes;
}

bool Statement::isNull(Name name) const {
  return sqlite3_column_type(m_handle.get(), columnOrMissing(name)) == SQLITE_NULL;
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
