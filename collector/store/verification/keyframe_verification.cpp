// SPDX-License-Identifier: Apache-2.0
#include "collector/store/verification/keyframe_verification.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "collector/ingest/event_walk.h"
#include "collector/ingest/limits.h"

namespace heaptap::store {

Result<KeyframeVerification> KeyframeVerification::begin(SessionReader& reader,
                                                         const model::SessionRecord& record, Note note) {
  KeyframeVerification verification(reader, record, std::move(note));
  auto keyframes = reader.keyframes();
  if (!keyframes) return tl::unexpected(keyframes.error());
  verification.m_keyframes = std::move(*keyframes);
  return verification;
}

Result<void> KeyframeVerification::apply(const StoredBatch& where, const v1::EventBatch& batch) {
  if (auto compared = compareUpTo(where.sequence); !compared) return compared;
  m_isKnown = m_isKnown && where.firstEvent == m_nextEvent;
  m_nextEvent = where.firstEvent + batch.events();
  const model::DefinitionsView& known = m_record->definitions.now();
  const std::uint64_t baseNs = std::min(batch.base_time_ns(), ingest::kMaxTimeNs);
  return m_columns
      .read(batch, {.timeUnits = (ingest::kMaxTimeNs - baseNs) / m_record->identity.timeUnitNs,
                    .timeUnitNs = m_record->identity.timeUnitNs,
                    .threads = known.threads.size(),
                    .pairs = known.pairs.size(),
                    .stacks = known.stacks.size()})
      .and_then([&] { return m_addresses.read(batch, m_columns, *where.chunks); })
      .map([&] {
        if (m_isKnown && m_next != m_keyframes.size()) take(batch);
      });
}

void KeyframeVerification::take(const v1::EventBatch& batch) {
  auto nextAddress = m_addresses.addresses().begin();
  std::uint64_t number = batch.first_allocation();
  const auto visit = [&](const auto& event) {
    if constexpr (std::is_same_v<decltype(event), const model::Free&>)
      m_live.erase(event.number);
    else
      m_live[number++] = {*nextAddress++, event.atNs, event.pair};
    return true;
  };
  ingest::walkEvents(batch, m_columns, m_record->identity.timeUnitNs, visit, [](model::PairId) {});
}

Result<void> KeyframeVerification::compareUpTo(std::uint64_t sequence) {
  for (; m_next < m_keyframes.size() && m_keyframes[m_next].lastSequence < sequence; ++m_next)
    if (auto compared = compare(m_keyframes[m_next]); !compared) return compared;
  return {};
}

Result<void> KeyframeVerification::compare(const KeyframePlace& keyframe) {
  auto blocks = m_reader->blocksOf(keyframe, m_record->definitions.now().pairs.size());
  if (!blocks) return tl::unexpected(blocks.error());
  ++m_compared;
  if (!m_isKnown || keyframe.firstEvent != m_nextEvent) {
    m_live.clear();
    for (const model::LiveBlock& block : *blocks)
      m_live[block.number] = {block.address, block.atNs, block.pair};
    m_isKnown = true;
    m_nextEvent = keyframe.firstEvent;
    return {};
  }
  const std::string instant = "the keyframe of message " + std::to_string(keyframe.firstSequence);
  if (blocks->size() != m_live.size())
    m_note(instant + ": live blocks: " + std::to_string(blocks->size()) + " stored, " +
           std::to_string(m_live.size()) + " by the events");
  for (const model::LiveBlock& block : *blocks) {
    const auto live = m_live.find(block.number);
    if (live != m_live.end() && live->second.address == block.address && live->second.atNs == block.atNs &&
        live->second.pair == block.pair)
      continue;
    m_note(instant + ": block " + std::to_string(block.number) +
           (live == m_live.end() ? ": not live by the events" : ": not as by the events"));
    break;  // One tells enough.
  }
  return {};
}

}  // namespace heaptap::store
