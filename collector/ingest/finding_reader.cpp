// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/finding_reader.h"

#include <limits>
#include <string>
#include <utility>

#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
Result<void> applyFinding(const v1::Findings::Finding& message, const model::DefinitionsView& definitions,
                          std::vector<model::Finding>& findings) {
  if (message.id() > findings.size() || message.id() >= kMaxFindings)
    return corrupt("findings", "an id that is not the next one");
  if (message.kind() < v1::FINDING_DOUBLE_FREE || message.kind() > v1::FINDING_WRONG_ALIGNMENT)
    return corrupt("findings", "of no known kind");
  if (message.pair() > definitions.pairs.size()) return corrupt("findings", "a pair that is not defined");
  if (message.free_stack() >= definitions.stacks.size() ||
      message.earlier_free_stack() >= definitions.stacks.size())
    return corrupt("findings", "a stack that is not defined");
  if (message.heap() >= definitions.heaps()) return corrupt("findings", "a heap that is not defined");
  if (message.thread() >= definitions.threads.size())
    return corrupt("findings", "a thread that is not defined");
  if (message.first_ns() > kMaxTimeNs || message.declared_size() > kMaxBlockBytes ||
      static_cast<std::uint32_t>(message.free_origin()) > std::numeric_limits<std::uint8_t>::max())
    return corrupt("findings", "a time, a size or an origin beyond what there is");

  model::Finding finding{.kind = static_cast<model::Finding::Kind>(message.kind()),
                         .count = message.count(),
                         .freeOrigin = static_cast<model::Origin>(message.free_origin()),
                         .freeStack = static_cast<model::StackId>(message.free_stack()),
                         .earlierFreeStack = static_cast<model::StackId>(message.earlier_free_stack()),
                         .declaredSize = message.declared_size(),
                         .firstNs = message.first_ns(),
                         .thread = static_cast<model::ThreadIndex>(message.thread()),
                         .address = message.address(),
                         .heap = static_cast<model::HeapId>(message.heap()),
                         .ownOperator = message.own_operator()};
  if (message.pair() != 0) finding.pair = static_cast<model::PairId>(message.pair() - 1);
  if (message.id() == findings.size()) {
    if (finding.count == 0) return corrupt("findings", "a new one that was never made");
    findings.push_back(finding);
    return {};
  }
  model::Finding& known = findings[message.id()];
  if (finding.count < known.count) return corrupt("findings", "a count that falls");
  if (known.ownOperator && !finding.ownOperator) return corrupt("findings", "one that was none before");
  const std::uint64_t count = std::exchange(finding.count, known.count);
  const bool ownOperator = std::exchange(finding.ownOperator, known.ownOperator);
  if (finding != known) return corrupt("findings", "one that is not what it was");
  known.count = count;
  known.ownOperator = ownOperator;
  return {};
}

}  // namespace heaptap::ingest
