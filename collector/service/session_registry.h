// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "collector/service/session.h"

namespace heaptap::service {

/// Every session that can be asked about. Threads: any.
class SessionRegistry {
 public:
  /// A session with the same id takes the place of the one before.
  void put(std::shared_ptr<Session> session);

  /// Forgets what is stored in this file; a session that is being recorded stays.
  void removeStored(const std::filesystem::path& file);

  std::shared_ptr<Session> exact(const model::SessionId& id) const;
  /// By id or a unique prefix of it; empty: the only one there is. Errors: NotFound, Usage (not unique).
  Result<std::shared_ptr<Session>> find(const std::string& prefix) const;
  std::vector<std::shared_ptr<Session>> all() const;

  /// Keeps the view that was used last, so that the next question about it is quick.
  void remember(query::SharedView view);

 private:
  mutable std::mutex m_mutex;
  std::map<model::SessionId, std::shared_ptr<Session>> m_sessions;
  query::SharedView m_recent;
};

}  // namespace heaptap::service
