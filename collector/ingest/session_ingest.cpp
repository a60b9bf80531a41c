// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/session_ingest.h"

#include <google/protobuf/unknown_field_set.h>

#include <string>
#include <utility>

namespace heaptap::ingest {

Result<SessionIngest> SessionIngest::begin(const v1::Hello& hello) {
  return RecordBuilder::begin(hello).map(
      [](RecordBuilder builder) { return SessionIngest(std::move(builder), 0); });
}

SessionIngest::SessionIngest(RecordBuilder builder, std::uint64_t lastSequence)
    : m_builder(std::move(builder)), m_lastSequence(lastSequence) {
  if (lastSequence != 0) m_builder.resumeKeyframe();
}

Result<SessionIngest::Outcome> SessionIngest::apply(const v1::RecordRequest& message) {
  const std::uint64_t sequence = message.sequence();
  if (sequence == 0) return failure(Code::Corrupt, "message 0", "only a Hello may carry 0");
  if (sequence <= m_lastSequence) return Outcome::Duplicate;
  const std::string where = "message " + std::to_string(sequence);
  if (sequence != m_lastSequence + 1) {
    return failure(Code::Corrupt, where, "expected message " + std::to_string(m_lastSequence + 1));
  }
  if (auto applied = applyItem(message); !applied) {
    return failure(applied.error().code, where + ", " + applied.error().where, applied.error().what,
                   applied.error().remedy);
  }
  m_lastSequence = sequence;
  return Outcome::Applied;
}

Result<void> SessionIngest::applyItem(const v1::RecordRequest& message) {
  using Item = v1::RecordRequest::ItemCase;
  const Item item = message.item_case();
  // A mark may come then: it was asked for in the last moment, and is of the end.
  if (record().ending && (item == Item::kBatch || item == Item::kCounted || item == Item::kKeyframe ||
                          item == Item::kGap || item == Item::kResident)) {
    return failure(Code::Corrupt, "events", "they come after the goodbye");
  }
  if (item != Item::kKeyframe) m_builder.interruptKeyframe();
  switch (item) {
    case Item::kModules: return m_builder.apply(message.modules());
    case Item::kModuleNames: return m_builder.apply(message.module_names());
    case Item::kThreads: return m_builder.apply(message.threads());
    case Item::kFrames: return m_builder.apply(message.frames());
    case Item::kStackNodes: return m_builder.apply(message.stack_nodes());
    case Item::kHeaps: return m_builder.apply(message.heaps());
    case Item::kPairs: return m_builder.apply(message.pairs());
    case Item::kBatch: return m_builder.apply(message.batch());
    case Item::kCounted: return m_builder.apply(message.counted());
    case Item::kKeyframe: return m_builder.apply(message.keyframe());
    case Item::kGap: return m_builder.apply(message.gap());
    case Item::kSymbols: return m_builder.apply(message.symbols());
    case Item::kGoodbye: return m_builder.apply(message.goodbye());
    case Item::kCounters: return m_builder.apply(message.counters());
    case Item::kMark: return m_builder.apply(message.mark());
    case Item::kResident: return m_builder.apply(message.resident());
    case Item::kObeyed: return {};  // For the call that gave the command.
    case Item::kFindings: return m_builder.apply(message.findings());
    case Item::kHello: return failure(Code::Corrupt, "hello", "only a stream's first message may be one");
    case Item::ITEM_NOT_SET: break;
  }
  // Of a relay that is newer, but speaks the same protocol: what it says is counted as a message, and left
  // out.
  if (!message.GetReflection()->GetUnknownFields(message).empty()) return {};
  return failure(Code::Corrupt, "item", "empty");
}

}  // namespace heaptap::ingest
