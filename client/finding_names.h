// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/profile.h"

namespace heaptap::client {

/// What the ids in findings stand for, but for their stacks (client/stack_lines.h).
/// Trust:   none: an id that is not defined has no name. Threads: any.
class FindingNames {
 public:
  /// `profile`: got after the findings.
  explicit FindingNames(const Profile& profile)
      : m_definitions(profile.definitions), m_threads(m_definitions.threadNames()) {}

  struct Names {
    std::uint32_t tid = 0;             ///< The kernel's id of the thread that did it first.
    std::string_view threadName = {};  ///< Its last name. Valid as long as this. Empty: it had none.
    std::string heap = {};             ///< Empty: malloc's.
  };
  [[nodiscard]] Names of(const v1::FindingReport& finding) const {
    Names names;
    if (finding.thread() < m_threads.size()) {
      names.tid = m_definitions.threads[finding.thread()].tid;
      names.threadName = m_threads[finding.thread()];
    }
    if (finding.heap() < m_definitions.heaps())
      names.heap = m_definitions.heapName(static_cast<model::HeapId>(finding.heap()));
    return names;
  }

 private:
  model::DefinitionsView m_definitions;
  std::vector<std::string_view> m_threads;
};

}  // namespace heaptap::client
