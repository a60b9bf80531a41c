// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/session_source.h"
#include "cli/terminal/progress.h"
#include "cli/time_options.h"
#include "client/tree/session_tree.h"
#include "client/tree/tree_time.h"

namespace heaptap::cli {

/// A session and all that came of it, to be asked one after the other: of files those that lie in the folder
/// of the session's, of a collector those that it has. docs/many-programs.md. Threads: one at a time.
class OpenedTree {
 public:
  /// `session`: as openSession() takes it. `progress`: likewise.
  /// Errors: as openSession(); of listing the others.
  [[nodiscard]] static Result<OpenedTree> open(const std::string& session,
                                               const std::optional<std::string>& collector,
                                               Progress* progress);

  [[nodiscard]] const client::SessionTree& tree() const { return m_tree; }
  [[nodiscard]] client::ProfileSource& source() const { return *m_opened.source; }
  /// What the user would type for a member: its file, or its id at a collector.
  [[nodiscard]] const std::string& nameOf(const client::TreeMember& member) const;
  /// `pid 4711 (cc)`: a member in a sentence.
  [[nodiscard]] static std::string wordsFor(const client::TreeMember& member);

  /// A profile of a member, or nothing and a note where it cannot be had.
  [[nodiscard]] std::optional<client::Profile> profile(const client::TreeMember& member,
                                                       const client::When& when);
  /// Likewise: blocks that are live.
  [[nodiscard]] std::optional<client::ProfileSource::Blocks> blocks(const client::TreeMember& member,
                                                                    const v1::Instant& at,
                                                                    const model::BlockQuery& query);

  /// The moment that `words` mean. Errors: as client::treeInstantOf().
  [[nodiscard]] Result<client::TreeInstant> instantOf(const std::string& words);
  /// What the options say of the tree. None: they are not given.
  struct Times {
    std::optional<client::TreeInstant> from = std::nullopt;
    client::TreeInstant at = {};
    bool gone = false;
  };
  [[nodiscard]] Result<std::optional<Times>> timesOf(const TimeOptions& options);

  /// That no session could answer, and why the first could not.
  [[nodiscard]] Error noneAnswered() const;

  /// What the reader must know of sessions that are not there or cannot be read, a line each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return m_notes; }
  void note(std::string text) { m_notes.push_back(std::move(text)); }

 private:
  explicit OpenedTree(OpenedSession opened) : m_opened(std::move(opened)) {}
  Result<void> listFiles(const std::string& session);
  Result<void> listCollector();
  void setTree(const client::ListedSession& root, const std::vector<client::ListedSession>& listed,
               const char* where);
  /// Where sessions are files, each is opened when it is first asked for.
  Result<void> openMember(const client::TreeMember& member);
  void leaveOut(const client::TreeMember& member, const Error& error);

  OpenedSession m_opened;
  client::SessionTree m_tree;
  std::map<std::string, std::string> m_names;  ///< By id.
  std::set<std::string> m_isOpened;            ///< Ids, where sessions are files.
  std::set<std::string> m_leftOut;             ///< Ids: told once.
  std::optional<Error> m_firstLeftOut;
  std::vector<std::string> m_notes;
};

}  // namespace heaptap::cli
