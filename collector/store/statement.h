// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace heaptap::store {

/// Bytes to be bound as a BLOB rather than as TEXT.
struct BlobView {
  std::string_view bytes;
};

/// A value for the parameter of this name (":name").
template <class Value>
struct Named {
  const char* parameter;
  Value value;
};
template <class Value>
Named(const char*, Value) -> Named<Value>;

/// The error of the last call on `handle`, as heaptap says it.
tl::unexpected<Error> databaseFailure(sqlite3* handle, std::string_view action);

/// A prepared statement. Integers travel as 64 bits: unsigned ones above 2^63 come back as they went in.
/// Threads: as its Database.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* handle) : m_handle(handle) {}

  /// Binds all parameters in order and runs a statement that returns no row.
  template <class... Values>
  Result<void> run(const Values&... values) {
    reset();
    int parameter = 0;
    (bind(++parameter, values), ...);
    return finish();
  }
  /// The same, by their names. Errors: Internal, when the statement has no such parameter.
  template <class... Values>
  Result<void> runNamed(const Named<Values>&... values) {
    reset();
    (bind(parameterNamed(values.parameter), values.value), ...);
    return finish();
  }
  /// Binds all parameters in order; rows are then read with next().
  template <class... Values>
  void start(const Values&... values) {
    reset();
    int parameter = 0;
    (bind(++parameter, values), ...);
  }
  /// Goes to the next row; false after the last.
  Result<bool> next();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  ///< Valid until the next call of next(). Also for blobs.
  bool isNull(int column) const;
  double real(int column) const;

  template <std::integral Integer = std::uint64_t>
  Integer as(int column) const {
    return static_cast<Integer>(integer(column));
  }
  /// The column of this name; none in a file that does not have it.
  std::optional<int> columnNamed(std::string_view name) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };

  void reset();
  Result<void> finish();
  int parameterNamed(const char* name) const;  ///< 0, which cannot be bound, where there is none.
  template <std::integral Integer>
  void bind(int parameter, Integer value) {
    bindInteger(parameter, static_cast<std::int64_t>(value));
  }
  template <class Value>
  void bind(int parameter, const std::optional<Value>& value) {
    if (value) bind(parameter, *value);  // Otherwise NULL, as reset() left it.
  }
  void bind(int parameter, std::string_view text);
  void bind(int parameter, const std::string& text) { bind(parameter, std::string_view(text)); }
  void bind(int parameter, const char* text) { bind(parameter, std::string_view(text)); }
  void bind(int parameter, BlobView blob);
  void bind(int parameter, double value);
  void bindInteger(int parameter, std::int64_t value);

  std::unique_ptr<sqlite3_stmt, Finalize> m_handle;
  int m_bindStatus = 0;  ///< Of the first bind that failed.
};

}  // namespace heaptap::store
