// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/keyframe_check.h"

#include <string>
#include <utility>

#include "collector/ingest/corrupt.h"

namespace heaptap::ingest {
namespace {

tl::unexpected<Error> wrongKeyframe(std::string what) { return corrupt("keyframe", std::move(what)); }

}  // namespace

void KeyframeCheck::interrupt() {
  m_isPassingOver = false;
  m_nextPart = 0;
  m_left = {};
}

Result<void> KeyframeCheck::apply(const v1::Keyframe& part, const model::SessionModel& model) {
  if (part.part() == 0)
    interrupt();
  else if (m_isPassingOver)
    return {};
  auto checked = check(part, model);
  if (!checked || part.last()) interrupt();
  return checked;
}

void KeyframeCheck::begin(const model::SessionModel& model) {
  m_nextNumber = 0;
  m_lastNs = 0;
  m_leftInAll = 0;
  m_left.resize(model.pairs());
  for (std::size_t i = 0; i < m_left.size(); ++i)
    m_leftInAll += m_left[i] = model.live(static_cast<model::PairId>(i));
}

Result<void> KeyframeCheck::check(const v1::Keyframe& part, const model::SessionModel& model) {
  if (part.part() != m_nextPart)
    return wrongKeyframe("part " + std::to_string(part.part()) + ", expected part " +
                         std::to_string(m_nextPart));
  if (part.first_allocation() != model.numbered())
    return wrongKeyframe("first_allocation is " + std::to_string(part.first_allocation()) + ", expected " +
                         std::to_string(model.numbered()));
  if (part.blocks() == 0 && !(part.part() == 0 && part.last())) return wrongKeyframe("a part without blocks");
  if (part.part() == 0) begin(model);
  ++m_nextPart;
  auto read = m_columns.read(part.columns(), {.blocks = part.blocks(),
                                              .firstNumber = m_nextNumber,
                                              .numbered = model.numbered(),
                                              .pairs = m_left.size(),
                                              .fromNs = m_lastNs,
                                              .untilNs = model.totals().lastEventNs,
                                              .timeUnitNs = m_timeUnitNs});
  if (!read) return read;
  for (const model::LiveBlock& block : m_columns.blocks()) {
    // A mapping may lie there.
    if (block.address == 0 && model.heap(block.pair) != model::kMappingsHeap)
      return wrongKeyframe("a block at address 0");
    if (m_left[index(block.pair)]-- == 0)
      return wrongKeyframe("more blocks of pair " + std::to_string(index(block.pair)) + " than are live");
  }
  m_leftInAll -= part.blocks();
  if (part.blocks() != 0) {
    m_nextNumber = m_columns.blocks().back().number + 1;
    m_lastNs = m_columns.blocks().back().atNs;
  }
  if (part.last() && m_leftInAll != 0)
    return wrongKeyframe(std::to_string(m_leftInAll) + " live blocks are missing");
  return {};
}

}  // namespace heaptap::ingest
