// SPDX-License-Identifier: Apache-2.0
#include "collector/service/session_registry.h"

#include <utility>

#include "collector/service/stored_session.h"

namespace heaptap::service {

void SessionRegistry::put(std::shared_ptr<Session> session) {
  const std::lock_guard lock(m_mutex);
  m_sessions.insert_or_assign(session->id(), std::move(session));
}

void SessionRegistry::removeStored(const std::filesystem::path& file) {
  const std::lock_guard lock(m_mutex);
  std::erase_if(m_sessions, [&](const auto& each) {
    const auto* stored = dynamic_cast<const StoredSession*>(each.second.get());
    return stored != nullptr && stored->file() == file;
  });
}

std::shared_ptr<Session> SessionRegistry::exact(const model::SessionId& id) const {
  const std::lock_guard lock(m_mutex);
  const auto found = m_sessions.find(id);
  return found == m_sessions.end() ? nullptr : found->second;
}

Result<std::shared_ptr<Session>> SessionRegistry::find(const std::string& prefix) const {
  const std::lock_guard lock(m_mutex);
  std::shared_ptr<Session> found;
  for (const auto& [id, session] : m_sessions) {
    if (!id.hex().starts_with(prefix)) continue;
    if (found) {
      return failure(Code::Usage, prefix, "more than one session has an id that begins so",
                     "give more digits; `heaptap ls` shows them");
    }
    found = session;
  }
  if (!found) return failure(Code::NotFound, prefix, "no such session", "`heaptap ls` shows those there are");
  return found;
}

std::vector<std::shared_ptr<Session>> SessionRegistry::all() const {
  const std::lock_guard lock(m_mutex);
  std::vector<std::shared_ptr<Session>> sessions;
  for (const auto& [id, session] : m_sessions) sessions.push_back(session);
  return sessions;
}

void SessionRegistry::remember(query::SharedView view) {
  std::unique_lock lock(m_mutex);
  std::swap(m_recent, view);
  lock.unlock();  // The old one, which may be large, is freed after that.
}

}  // namespace heaptap::service
