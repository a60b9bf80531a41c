// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace heaptap::store {

/// Bytes to be bound as a BLOB rather than as TEXT.
struct BlobView {
  std::string_view bytes;
};

/// The name of a column, or of the parameter for its value. Only a literal: the place of a name that was
/// looked up once is found again by the literal's address.
class Name {
 public:
  consteval Name(const char* literal) : m_text(literal) {}
  [[nodiscard]] const char* text() const { return m_text; }
  bool operator==(const Name&) const = default;

 private:
  const char* m_text;
};

/// A value for the parameter `:name`. A string is not copied: it must live while the statement runs.
template <class Value>
struct Named {
  Name name;
  Value value;
};
template <class Value>
Named(const char*, Value) -> Named<Value>;
Named(const char*, const std::string&)->Named<std::string_view>;

/// What an error says where there is no room, whatever it was for.
inline constexpr const char* kStorageFullWords =
    "cannot be written: the disk, or what may be used of it, is full";

/// The error of the last call on `handle`, as heaptap says it.
tl::unexpected<Error> databaseFailure(sqlite3* handle);

/// A prepared statement. Integers travel as 64 bits: unsigned ones above 2^63 come back as they went in.
/// Threads: as its Database.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* handle) : m_handle(handle) {}

  /// Runs a statement that returns no row. Errors: Internal, when the values are not those of its parameters.
  template <class... Values>
  Result<void> run(const Named<Values>&... values) {
    start(values...);
    return finish();
  }
  /// The same for rows, which are then read with next().
  template <class... Values>
  void start(const Named<Values>&... values) {
    reset(sizeof...(values));
    std::size_t position = 0;
    (bind(parameter(position++, values.name), values.value), ...);
  }
  /// Goes to the next row; false after the last.
  Result<bool> next();

  // Of the row. A column that the rows do not have is null, and is remembered: see missing().
  std::int64_t integer(Name column) const;
  std::string_view text(Name column) const;  ///< Valid until the next call of next(). Also for blobs.
  bool isNull(Name column) const;
  double real(Name column) const;
  std::size_t rowBytes() const;  ///< Of the row's texts and blobs, and some for each number.
  template <std::integral Integer = std::uint64_t>
  Integer as(Name column) const {
    return static_cast<Integer>(integer(column));
  }
  [[nodiscard]] bool has(Name column) const;
  /// A column that was read without has() and is none of the rows': the file is damaged.
  [[nodiscard]] std::optional<Name> missing() const { return m_missing; }
  /// Of the first column, whatever its name.
  std::int64_t firstInteger() const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };

  /// A name, and where it is in the statement.
  struct Place {
    Name name;
    int at;
  };

  void reset(std::size_t values);
  Result<void> finish();
  int column(Name name) const;
  int columnOrMissing(Name name) const;
  /// 0, which cannot be bound, where there is none. `position`: of the value among those of a call.
  int parameter(std::size_t position, Name name);
  template <std::integral Integer>
  void bind(int parameter, Integer value) {
    bindInteger(parameter, static_cast<std::int64_t>(value));
  }
  template <class Value>
  void bind(int parameter, const std::optional<Value>& value) {
    if (value) bind(parameter, *value);  // Otherwise NULL, as reset() left it.
  }
  void bind(int parameter, std::string_view text);
  void bind(int parameter, BlobView blob);
  void bind(int parameter, double value);
  void bindInteger(int parameter, std::int64_t value);

  std::unique_ptr<sqlite3_stmt, Finalize> m_handle;
  int m_bindStatus = 0;                  ///< Of the first bind that failed.
  mutable std::vector<Place> m_columns;  ///< Those that were asked for.
  mutable std::optional<Name> m_missing;
  std::vector<Place> m_parameters;  ///< By position in the last call.
};

}  // namespace heaptap::store
