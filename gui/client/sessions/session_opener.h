// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <memory>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "client/profile_source.h"
#include "gui/models/sessions/session.h"

namespace heaptap::gui {

/// Opens files beside the session that is shown. Who can open files implements it.
/// Threads: any, several calls at a time; they block.
class SessionOpener {
 public:
  SessionOpener() = default;
  SessionOpener(const SessionOpener&) = delete;
  SessionOpener& operator=(const SessionOpener&) = delete;
  virtual ~SessionOpener() = default;

  struct Opened {
    std::shared_ptr<client::ProfileSource> source;
    std::string session;
  };
  /// A session, or what another profiler has written.
  /// Errors: NotFound, NotASession, SchemaTooNew, Corrupt, NotPermitted.
  [[nodiscard]] virtual Result<Opened> open(const QString& path, const std::stop_token& stop) = 0;

  /// The other sessions in the folder of a session's file, the newest first; their files are paths that
  /// open() takes. None: the file is on another host.
  [[nodiscard]] virtual SessionList beside(const QString& file) = 0;
};

}  // namespace heaptap::gui
