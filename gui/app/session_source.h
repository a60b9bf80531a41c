// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <memory>

#include "base/error.h"
#include "gui/client/query_client.h"

namespace heaptap::service {
class CollectorServer;
}

namespace heaptap::gui {

/// Where the viewer's sessions come from: a collector somewhere, or one in this process that serves files.
/// What asks through client() cannot tell the difference.
/// Threads: GUI thread, except where said.
class SessionSource {
 public:
  /// Errors: Usage: no address. That nobody answers there is found out by asking.
  [[nodiscard]] static Result<std::shared_ptr<SessionSource>> collector(const QString& address);
  /// A source without sessions. Errors: Internal.
  [[nodiscard]] static Result<std::shared_ptr<SessionSource>> files();
  ~SessionSource();
  SessionSource(const SessionSource&) = delete;
  SessionSource& operator=(const SessionSource&) = delete;

  /// Serves a file too; returns the session's id. Precondition: servesFiles().
  /// Threads: any; may take long.
  /// Errors:  NotFound, NotASession, SchemaTooNew, Corrupt, NotPermitted.
  Result<QString> addFile(const QString& path);

  [[nodiscard]] bool servesFiles() const { return m_server != nullptr; }
  /// The collector's address; empty for files.
  [[nodiscard]] const QString& name() const { return m_name; }
  [[nodiscard]] QueryClient& client() { return *m_client; }

 private:
  SessionSource();

  QString m_name;
  std::unique_ptr<service::CollectorServer> m_server;
  std::unique_ptr<QueryClient> m_client;  ///< Goes first: its calls end in the server.
};

}  // namespace heaptap::gui
