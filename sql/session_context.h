// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "client/profile.h"
#include "client/site_table.h"
#include "collector/query/overview.h"
#include "collector/query/session_view.h"
#include "collector/store/database.h"
#include "collector/store/session_reader.h"

struct sqlite3;

namespace heaptap::sql {

/// A session, decoded: what the tables show that are not stored as rows. Never changes, but that sites and
/// the overview are computed when they are first asked for. Threads: one at a time.
class DecodedSession {
 public:
  explicit DecodedSession(query::SharedView view);

  [[nodiscard]] const query::SessionView& view() const { return *m_view; }
  [[nodiscard]] const client::Profile& profile() const { return m_profile; }
  [[nodiscard]] const model::DefinitionsView& definitions() const { return m_profile.definitions; }
  [[nodiscard]] const query::Overview& overview() const;
  [[nodiscard]] const client::SiteTable& sites() const;
  /// By pair: the site's position in sites().
  [[nodiscard]] const std::vector<std::uint32_t>& siteOfPair() const;
  /// By pair: the requested bytes.
  [[nodiscard]] const std::vector<std::uint64_t>& sizes() const;
  /// Errors: Usage: there are no single events, and why.
  [[nodiscard]] Result<void> checkEvents() const;
  [[nodiscard]] const std::vector<v1::FindingReport>& findings() const;
  [[nodiscard]] const std::vector<std::string_view>& threadNames() const;
  [[nodiscard]] const std::vector<model::NamesMissing>& namesMissing() const;

 private:
  query::SharedView m_view;
  client::Profile m_profile;
  mutable std::optional<query::Overview> m_overview;
  mutable std::optional<client::SiteTable> m_sites;
  mutable std::vector<std::uint32_t> m_siteOfPair;
  mutable std::vector<std::uint64_t> m_sizes;
  mutable std::optional<std::vector<v1::FindingReport>> m_findings;
  mutable std::optional<std::vector<std::string_view>> m_threadNames;
  mutable std::optional<std::vector<model::NamesMissing>> m_namesMissing;
};

using SharedSession = std::shared_ptr<const DecodedSession>;

/// What all tables of one connection share: the connection, and the session in its main file.
/// Threads: as the connection.
class SessionContext {
 public:
  /// `connection`: closed after this is gone, as the modules that own it are.
  explicit SessionContext(sqlite3* connection) : m_database(store::Database::borrow(connection)) {}

  /// The session as it is at the moment of the statement that runs. Read when it is first asked for, and
  /// again when the file has changed. Errors: NotASession, SchemaTooNew, Corrupt; Unavailable: interrupted.
  [[nodiscard]] Result<SharedSession> session();
  /// For reading the session's own tables, within the statement that runs.
  [[nodiscard]] store::Database& database() { return m_database; }
  /// The same as the store has it.
  [[nodiscard]] Result<store::SessionReader> reader() const;
  /// Errors: StorageFull: a table that holds so many bytes has more than SQLite itself may have.
  [[nodiscard]] Result<void> checkMemory(std::size_t bytes) const;
  /// The statement that runs only adds up rows, and takes these columns of each (sql/sums). None: it does
  /// not.
  void setSummedColumns(std::optional<std::uint64_t> columns) {
    m_summedColumns = columns;
    m_rowStandsFor = 1;
  }
  [[nodiscard]] std::optional<std::uint64_t> summedColumns() const { return m_summedColumns; }
  /// How many rows the one stands for that such a statement gets just now.
  [[nodiscard]] std::uint64_t rowStandsFor() const { return m_rowStandsFor; }
  void setRowStandsFor(std::uint64_t rows) { m_rowStandsFor = rows; }
  /// What a table or a function of ours has failed by, which SQLite passes on as a text only. Taken once.
  void noteError(const Error& error) { m_error = error; }
  [[nodiscard]] std::optional<Error> takeError() { return std::exchange(m_error, std::nullopt); }
  /// Some statement has looked at single events.
  [[nodiscard]] bool hasReadEvents() const { return m_hasReadEvents; }
  void noteEvents() { m_hasReadEvents = true; }

 private:
  store::Database m_database;
  SharedSession m_session;
  std::uint32_t m_version = 0;  ///< Of the file's contents, of which m_session is.
  std::optional<std::uint64_t> m_summedColumns;
  std::uint64_t m_rowStandsFor = 1;
  bool m_hasReadEvents = false;
  std::optional<Error> m_error;
};

}  // namespace heaptap::sql
