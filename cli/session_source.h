// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "cli/terminal/progress.h"
#include "client/files/file_source.h"
#include "client/profile_source.h"

namespace heaptap::cli {

/// Says so on standard error when a collector that was killed has left files beside a session.
void noteIfAbandoned(const std::string& session);

/// SESSION as typed: a path, or with a collector's address an id or its prefix.
struct OpenedSession {
  std::unique_ptr<client::ProfileSource> source;
  client::FileSource* files = nullptr;  ///< `source`, where it reads files; null with a collector.
  std::string id;
};
/// `progress`: told how far the session is read, and lives longer than the source; null: nobody is told.
/// Errors: as CollectorSource::connect() or FileSource::addFile().
[[nodiscard]] Result<OpenedSession> openSession(const std::string& session,
                                                const std::optional<std::string>& collector,
                                                Progress* progress = nullptr);

}  // namespace heaptap::cli
