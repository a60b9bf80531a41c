// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "client/tree/tree_time.h"
#include "collector/store/opened_file.h"
#include "sql/query/read_only.h"
#include "sql/query/time_limit.h"
#include "sql/session_context.h"
#include "sql/tree/tree_files.h"

namespace heaptap::sql {

/// A file of a tree, with the tables of a session. Its connection only reads.
struct OpenedMember {
  ReadOnly guard;  ///< First: it outlives the connection.
  store::OpenedFile whole;
  std::shared_ptr<SessionContext> context;

  explicit OpenedMember(store::OpenedFile file) : whole(std::move(file)) {}
};

/// Opens the files of a tree when they are first asked for, and keeps some of them open: those that a
/// collector still writes for as long as this, so that each is read at one moment. Threads: one at a time.
class TreeSessions {
 public:
  /// `time`: what all statements together may take; lives longer.
  TreeSessions(TreeFiles files, TimeLimit& time) : m_files(std::move(files)), m_time(time) {}

  [[nodiscard]] const client::SessionTree& tree() const { return m_files.tree; }
  [[nodiscard]] std::size_t size() const { return m_files.tree.members.size(); }
  [[nodiscard]] const client::TreeMember& member(std::size_t at) const { return m_files.tree.members[at]; }

  /// None: it is left out, and a note says why. Errors: Unavailable: interrupted; StorageFull: no memory.
  Result<std::shared_ptr<OpenedMember>> open(std::size_t at);
  /// Leaves a member out from now on, with the reason.
  void leaveOut(std::size_t at, const Error& why);

  /// A statement begins, and then has an answer of a member.
  void beginStatement();
  void noteAnswer() { m_isAnswered = true; }
  /// Errors: of the first member that was left out, where none has answered the statement: no row is none
  /// then.
  [[nodiscard]] Result<void> checkAnswered() const;

  /// The moment that a statement means by a value, for the tree. Errors: Usage, in words for who wrote it.
  Result<client::TreeInstant> instantOf(sqlite3_value* value);

  /// Errors: Unavailable: another program has written one of the files that cannot be locked.
  [[nodiscard]] Result<void> checkSame() const;
  /// Events that open sessions have counted and do not have, where a statement has looked at events.
  [[nodiscard]] std::uint64_t missingEvents() const { return m_missingEvents; }
  void noteEvents(OpenedMember& member);
  [[nodiscard]] const std::vector<std::string>& notes() const { return m_notes; }

 private:
  struct Kept {
    std::size_t at = 0;
    std::shared_ptr<OpenedMember> member;
  };
  Result<std::shared_ptr<OpenedMember>> openAnew(std::size_t at);
  void makeRoom();

  TreeFiles m_files;
  TimeLimit& m_time;
  std::vector<Kept> m_kept;                ///< Those asked for last, the latest at the end.
  std::map<std::size_t, Error> m_leftOut;  ///< With the reason.
  std::optional<Error> m_unanswered;       ///< Of the statement: why the first member was left out.
  bool m_isAnswered = false;
  std::vector<std::size_t> m_toldEvents;  ///< Whose missing events are counted.
  std::uint64_t m_missingEvents = 0;
  std::vector<std::string> m_notes;
};

}  // namespace heaptap::sql
