// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>

#include "collector/service/session.h"
#include "collector/store/session_reader.h"

namespace heaptap::service {

/// A session in a file. Its header is read at once; everything else when it is first asked for, and kept
/// for as long as the view is held.
class StoredSession : public Session {
 public:
  /// Errors: as store::SessionReader::open().
  static Result<std::shared_ptr<StoredSession>> open(const std::filesystem::path& file);

  /// Of a file whose header was read before.
  static std::shared_ptr<StoredSession> of(const std::filesystem::path& file, store::StoredHeader header) {
    return std::shared_ptr<StoredSession>(new StoredSession(file, std::move(header)));
  }

  const model::SessionId& id() const override { return m_header.identity.id; }
  v1::SessionInfo info() override;
  Result<query::SharedView> view() override { return view(store::ReadControl{}); }
  /// The same, followed and ended by the caller. While one caller reads, others wait for its view, as long as
  /// they are not stopped themselves; when it is stopped, the next one reads. Errors: also Unavailable:
  /// stopped.
  Result<query::SharedView> view(const store::ReadControl& control);
  Result<query::SharedView> viewWithoutCounts() override { return view(); }
  bool waitForEnd(std::chrono::milliseconds) override { return true; }

  const store::StoredHeader& header() const { return m_header; }
  const std::filesystem::path& file() const { return m_file; }

 private:
  StoredSession(std::filesystem::path file, store::StoredHeader header);
  Result<query::SharedView> read(const store::ReadControl& control);

  const std::filesystem::path m_file;
  const store::StoredHeader m_header;
  std::mutex m_mutex;  ///< For what follows.
  std::condition_variable_any m_isRead;
  bool m_isReading = false;
  std::weak_ptr<const query::SessionView> m_view;
};

/// What the store knows, as queries need it.
query::Custody custodyOf(const std::filesystem::path& file, const store::StoredProgress& progress,
                         bool saidGoodbye);

}  // namespace heaptap::service
