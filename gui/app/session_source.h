// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <memory>

#include "base/error.h"
#include "gui/client/asking/query_client.h"

namespace heaptap::client {
class FileSource;
class ProfileSource;
}  // namespace heaptap::client

namespace heaptap::gui {

/// Where the viewer's sessions come from: a collector somewhere, or files that are read in this process.
/// What asks through client() cannot tell the difference.
/// Threads: GUI thread, except where said.
class SessionSource : public QObject {
  Q_OBJECT

 public:
  /// Errors: Usage: no address. Whether a collector answers there is found out by asking.
  [[nodiscard]] static Result<std::shared_ptr<SessionSource>> collector(const QString& address);
  /// A source without sessions, for files.
  [[nodiscard]] static std::shared_ptr<SessionSource> files();
  /// Another source of the caller's, called so, of which the sessions come and go.
  [[nodiscard]] static std::shared_ptr<SessionSource> of(std::shared_ptr<client::ProfileSource> source,
                                                         const QString& name);
  ~SessionSource() override;

  /// Adds a file; returns the session's id. Precondition: servesFiles().
  /// Threads: any; may take long.
  /// Errors:  NotFound, NotASession, SchemaTooNew, Corrupt, NotPermitted.
  Result<QString> addFile(const QString& path);

  [[nodiscard]] bool servesFiles() const { return m_files != nullptr; }
  /// The collector's address; empty for files.
  [[nodiscard]] const QString& name() const { return m_name; }
  [[nodiscard]] QueryClient& client() { return *m_client; }

 signals:
  /// How much of a session's file was read, from 0 to 1. Emitted in the thread that reads.
  void progressed(const QString& session, double share);

 private:
  SessionSource();

  QString m_name;
  std::shared_ptr<client::FileSource> m_files;  ///< Null: a collector.
  std::unique_ptr<QueryClient> m_client;
};

}  // namespace heaptap::gui
