// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/pair_groups.h"

namespace heaptap::replay {

Result<PairGroups> PairGroups::of(const std::vector<std::vector<model::PairId>>& groups,
                                  const model::DefinitionsView& definitions, std::size_t most,
                                  const std::string& where) {
  PairGroups found(definitions);
  if (groups.empty()) return found;
  if (groups.size() > most)
    return failure(Code::Usage, where, "more than " + std::to_string(most) + " groups at a time");
  const std::size_t pairs = definitions.pairs.size();
  // Never empty, as that would stand for another question.
  found.m_groups.resize(pairs + 1, kNone);
  for (std::uint32_t group = 0; group < groups.size(); ++group)
    for (const model::PairId pair : groups[group]) {
      if (index(pair) >= pairs) return failure(Code::Usage, where, "an unknown pair");
      std::uint32_t& known = found.m_groups[index(pair)];
      if (known != kNone) return failure(Code::Usage, where, "a pair in two groups");
      known = group;
    }
  return found;
}

}  // namespace heaptap::replay
