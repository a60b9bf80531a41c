// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

struct sqlite3;

namespace heaptap::sql {

/// Lets statements of a connection do nothing but read its main file: none that writes, attaches, loads or
/// changes a setting is even prepared. Threads: as the connection, which is closed before this is gone.
class ReadOnly {
 public:
  ReadOnly() = default;
  ReadOnly(const ReadOnly&) = delete;
  ReadOnly& operator=(const ReadOnly&) = delete;

  /// From now on, for good.
  void guard(sqlite3* connection);

  /// What the last statement wanted that was refused: `CREATE TABLE`. Empty: nothing.
  [[nodiscard]] const std::string& refused() const { return m_refused; }
  /// The verb of a statement that does more than read, where its first word is one; else empty.
  [[nodiscard]] const std::string& verb() const { return m_verb; }
  /// A statement begins, the first of these. What it wants is called by its first word where that says it.
  void begin(std::string_view statements);

 private:
  static int authorize(void* self, int action, const char* first, const char* second, const char* database,
                       const char* trigger);

  std::string m_refused;
  std::string m_verb;  ///< `DROP TABLE`; empty: of what reads.
};

}  // namespace heaptap::sql
