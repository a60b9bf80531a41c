// SPDX-License-Identifier: Apache-2.0
#include "sql/tree/tree_sessions.h"

#include <algorithm>
#include <utility>

#include "collector/store/session_reader.h"
#include "sql/blocks/instant_argument.h"
#include "sql/registration.h"
#include "text/printable.h"

namespace heaptap::sql {
namespace {

/// Files that stay open: each has up to three descriptors, and what it was decoded to.
constexpr std::size_t kMostOpen = 32;

bool isAmong(const std::vector<std::size_t>& places, std::size_t at) {
  return std::find(places.begin(), places.end(), at) != places.end();
}

bool isOfStatement(const Error& error) {
  return error.code == Code::Unavailable || error.code == Code::StorageFull;
}

}  // namespace

Result<std::shared_ptr<OpenedMember>> TreeSessions::open(std::size_t at) {
  if (const auto known = m_leftOut.find(at); known != m_leftOut.end()) {
    if (!m_unanswered) m_unanswered = known->second;
    return std::shared_ptr<OpenedMember>();
  }
  const auto kept =
      std::find_if(m_kept.begin(), m_kept.end(), [at](const Kept& each) { return each.at == at; });
  if (kept != m_kept.end()) {
    std::rotate(kept, kept + 1, m_kept.end());
    return m_kept.back().member;
  }
  auto opened = openAnew(at);
  if (!opened) {
    if (isOfStatement(opened.error())) return opened;
    leaveOut(at, opened.error());
    return std::shared_ptr<OpenedMember>();
  }
  makeRoom();
  m_kept.push_back({.at = at, .member = *opened});
  return opened;
}

Result<std::shared_ptr<OpenedMember>> TreeSessions::openAnew(std::size_t at) {
  const std::filesystem::path& file = m_files.files[at];
  if (file.empty())
    return failure(Code::NotFound, member(at).info.id(), "its file is not on this machine",
                   "copy it from there");
  auto whole = store::SessionReader::openFile(file);
  if (!whole) return tl::unexpected(std::move(whole.error()));
  auto opened = std::make_shared<OpenedMember>(std::move(*whole));
  sqlite3* const connection = opened->whole.database().handle();
  auto context = addTables(connection);
  if (!context) return tl::unexpected(std::move(context.error()));
  opened->context = std::move(*context);
  if (auto begun = opened->whole.database().run("BEGIN"); !begun)
    return tl::unexpected(std::move(begun.error()));
  // As SessionQuery does: the guard would take the declaration of a table for a CREATE TABLE.
  for (const TableWords& table : tableWords())
    if (auto used = opened->whole.database().prepare("SELECT 1 FROM " + std::string(table.name)); !used)
      return tl::unexpected(std::move(used.error()));
  opened->guard.guard(connection);
  m_time.follow(connection);
  return opened;
}

/// A session that has ended is the same when it is opened again.
void TreeSessions::makeRoom() {
  if (m_kept.size() < kMostOpen) return;
  const auto oldest = std::find_if(m_kept.begin(), m_kept.end(),
                                   [this](const Kept& each) { return !member(each.at).isOpen; });
  if (oldest != m_kept.end()) m_kept.erase(oldest);
}

void TreeSessions::beginStatement() {
  m_isAnswered = false;
  m_unanswered.reset();
}

Result<void> TreeSessions::checkAnswered() const {
  if (m_isAnswered || !m_unanswered) return {};
  return tl::unexpected(*m_unanswered);
}

void TreeSessions::leaveOut(std::size_t at, const Error& error) {
  Error whole = error;
  if (whole.where.empty()) whole.where = m_files.files[at].string();
  if (!m_unanswered) m_unanswered = whole;
  const std::string why = whole.line();
  if (!m_leftOut.emplace(at, std::move(whole)).second) return;
  m_notes.push_back("session " + std::to_string(at + 1) + " of the tree (pid " +
                    std::to_string(member(at).info.pid()) + ") is left out: " + printable(why));
}

Result<client::TreeInstant> TreeSessions::instantOf(sqlite3_value* value) {
  if (sqlite3_value_type(value) != SQLITE_TEXT)
    return nsOfNumber(value, tree().durationNs(), "the tree").map([](std::uint64_t ns) {
      return client::TreeInstant{.ns = ns};
    });
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  const std::string words(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
  return client::treeInstantOf(words, tree(),
                               [this](const client::TreeMember& asked) -> Result<v1::Summary> {
                                 const auto at = static_cast<std::size_t>(&asked - tree().members.data());
                                 auto opened = open(at);
                                 if (!opened) return tl::unexpected(std::move(opened.error()));
                                 if (!*opened) return v1::Summary();
                                 return (*opened)->context->session().map([](const SharedSession& session) {
                                   return *session->profile().summary;
                                 });
                               })
      .map_error([&](Error error) {
        error.what =
            "'" + printable(words) + "' " + error.what + (error.remedy.empty() ? "" : "; " + error.remedy);
        return error;
      });
}

Result<void> TreeSessions::checkSame() const {
  for (const Kept& each : m_kept)
    if (auto same = each.member->whole.checkSame(); !same) return same;
  return {};
}

void TreeSessions::noteEvents(OpenedMember& opened) {
  if (!opened.context->hasReadEvents()) return;
  for (const Kept& each : m_kept) {
    if (each.member.get() != &opened || isAmong(m_toldEvents, each.at)) continue;
    m_toldEvents.push_back(each.at);
    if (const auto session = opened.context->session())
      m_missingEvents += (*session)->view().custody.eventsNotStored;
  }
}

}  // namespace heaptap::sql
