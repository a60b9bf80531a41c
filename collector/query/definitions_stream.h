// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "collector/query/session_view.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

/// What a session's ids stand for, from where the caller has come to, in messages of bounded size.
/// Owns:    a share of the view.
/// Trust:   `since` comes from a caller: with any value, the answer is bounded by what is defined.
/// Threads: one at a time; takes no lock.
class DefinitionsStream {
 public:
  DefinitionsStream(SharedView view, const v1::DefinitionsPosition& since);

  /// Fills `reply` with the next message. False: it is the last one.
  bool next(v1::DefinitionsReply& reply);

 private:
  /// A caller that comes from another collector may have words on modules and names of threads that are not
  /// so any more. What holds is said of all that it knows, before its position is one here.
  bool restate(v1::DefinitionsReply& reply);
  /// Each puts in what comes next of its kind, if anything does.
  bool modules(v1::DefinitionsReply& reply);
  bool moduleWords(v1::DefinitionsReply& reply);
  bool threads(v1::DefinitionsReply& reply);
  bool renamings(v1::DefinitionsReply& reply);
  bool heaps(v1::DefinitionsReply& reply);
  bool frames(v1::DefinitionsReply& reply);
  bool stackNodes(v1::DefinitionsReply& reply);
  bool pairs(v1::DefinitionsReply& reply);
  bool symbols(v1::DefinitionsReply& reply);

  SharedView m_view;
  std::size_t m_modules, m_moduleWords, m_threads, m_renamings, m_heaps, m_frames, m_stackNodes, m_pairs,
      m_namings;                           ///< Entries that the caller has.
  std::size_t m_oldModules, m_oldThreads;  ///< Of those, known from another collector, and not restated yet.
  v1::DefinitionsPosition m_since;
};

}  // namespace heaptap::query
