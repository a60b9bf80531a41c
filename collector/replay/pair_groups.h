// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "collector/model/definitions.h"

namespace heaptap::replay {

/// Which of some groups each pair of a session is in. Owns: a view of the definitions.
class PairGroups {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// Without groups: one, of all pairs of malloc's heap. `where`: what errors say that they are about.
  /// Errors: Usage: a pair is not defined or in two groups, or there are more than `most`.
  static Result<PairGroups> of(const std::vector<std::vector<model::PairId>>& groups,
                               const model::DefinitionsView& definitions, std::size_t most,
                               const std::string& where);

  /// kNone: it is in none. Precondition: the pair is defined.
  [[nodiscard]] std::uint32_t at(model::PairId pair) const {
    if (!m_groups.empty()) return m_groups[index(pair)];
    return m_definitions.pair(pair).heap == model::kMallocHeap ? 0 : kNone;
  }

 private:
  explicit PairGroups(const model::DefinitionsView& definitions) : m_definitions(definitions) {}

  model::DefinitionsView m_definitions;
  std::vector<std::uint32_t> m_groups;  ///< By pair. Empty: those of malloc's heap are in group 0.
};

}  // namespace heaptap::replay
