// SPDX-License-Identifier: Apache-2.0
#include "collector/store/message_encoder.h"

#include <utility>

#include "collector/store/checkpoint.h"
#include "collector/store/stored_spans.h"

namespace heaptap::store {
namespace {

template <class Item>
StoredRow rowOf(std::uint64_t sequence, Item item) {
  return {.sequence = sequence, .item = std::move(item)};
}

}  // namespace

std::size_t StoredRow::bytes() const {
  constexpr std::size_t kRow = 64;  // Header of a row, its key and its few integers.
  struct Sizes {
    std::size_t operator()(const EventBlob& blob) const {
      std::size_t size = blob.data.size();
      for (const SpanBlob& span : blob.spans) size += kRow + span.data.size();
      return size;
    }
    std::size_t operator()(const KeyframeBlob& blob) const { return blob.data.size(); }
    std::size_t operator()(const DefinitionBlob& blob) const { return blob.data.size(); }
    std::size_t operator()(const ModuleRows& rows) const { return rows.modules.ByteSizeLong(); }
    std::size_t operator()(const ThreadRows& rows) const { return rows.threads.ByteSizeLong(); }
    std::size_t operator()(const SymbolRows& rows) const {
      std::size_t size = rows.lines.size() * 24;
      for (const std::string& text : rows.texts) size += text.size() + 8;
      return size;
    }
    std::size_t operator()(const HeapRows& rows) const { return rows.heaps.ByteSizeLong(); }
    std::size_t operator()(const MarkRow& row) const {
      return row.mark.name.size() + (row.snapshot ? row.snapshot->data.size() : 0);
    }
    std::size_t operator()(const NoRow&) const { return 0; }
    std::size_t operator()(const google::protobuf::MessageLite& message) const {
      return message.ByteSizeLong();
    }
  };
  return kRow + std::visit(Sizes{}, item);
}

Result<StoredRow> MessageEncoder::encode(const v1::RecordRequest& message,
                                         const model::SessionRecord& record) {
  using Item = v1::RecordRequest::ItemCase;
  using Kind = DefinitionBlob::Kind;
  const model::DefinitionsView& known = record.definitions.now();
  const std::uint64_t sequence = message.sequence();
  const auto row = [sequence](auto item) { return rowOf(sequence, std::move(item)); };
  switch (message.item_case()) {
    case Item::kModules: {
      const auto count = static_cast<std::size_t>(message.modules().modules_size());
      return row(ModuleRows{.first = known.modules.size() - count, .modules = message.modules()});
    }
    case Item::kThreads: {
      const auto count = static_cast<std::size_t>(message.threads().threads_size());
      return row(ThreadRows{.first = known.threads.size() - count, .threads = message.threads()});
    }
    case Item::kFrames: {
      const v1::Frames& frames = message.frames();
      return definitions(Kind::Frames, known.frames.size(), frames.pc_size(), frames).map(row);
    }
    case Item::kStackNodes: {
      const v1::StackNodes& nodes = message.stack_nodes();
      return definitions(Kind::Stacks, known.stacks.size(), nodes.parent_size(), nodes).map(row);
    }
    case Item::kHeaps: {
      const auto count = static_cast<std::size_t>(message.heaps().name_size());
      return row(HeapRows{.first = known.heaps() - count, .heaps = message.heaps()});
    }
    case Item::kPairs: {
      const v1::Pairs& pairs = message.pairs();
      return definitions(Kind::Pairs, known.pairs.size(), pairs.size_size(), pairs).map(row);
    }
    case Item::kBatch: return events(message.batch(), record).map(row);
    case Item::kCounted: return events(message.counted(), record).map(row);
    case Item::kKeyframe:
      if (record.identity.withoutEvents) return row(NoRow{});
      return row(KeyframeBlob{.atNs = record.model.totals().lastEventNs,
                              .firstEvent = record.model.events(),
                              .firstAllocation = message.keyframe().first_allocation(),
                              .blocks = message.keyframe().blocks(),
                              .part = message.keyframe().part(),
                              .last = message.keyframe().last(),
                              .data = message.keyframe().columns()});
    case Item::kSymbols: return row(symbols(known));
    case Item::kModuleNames: return row(message.module_names());
    case Item::kGap: return row(message.gap());
    case Item::kCounters: return row(message.counters());
    case Item::kFindings: return row(message.findings());
    case Item::kMark: return mark(sequence, record).map(row);
    case Item::kResident: return row(message.resident());
    case Item::kObeyed: return row(NoRow{});
    case Item::kGoodbye: return row(message.goodbye());
    case Item::ITEM_NOT_SET: return row(NoRow{});  // Of a newer relay; ingest has looked at it.
    case Item::kHello: break;
  }
  return failure(Code::Internal, "store", "a message without a row");
}

Result<MarkRow> MessageEncoder::mark(std::uint64_t sequence, const model::SessionRecord& record) {
  MarkRow row{.id = record.marks.size() - 1, .mark = record.marks.back(), .snapshot = std::nullopt};
  if (row.mark.snapshot != model::Mark::Snapshot::Kept) return row;
  return Checkpoint::ofInstant(sequence, record.model.counters(), m_blobs).map([&](Checkpoint then) {
    row.snapshot = std::move(then);
    return row;
  });
}

Result<DefinitionBlob> MessageEncoder::definitions(DefinitionBlob::Kind kind, std::size_t idsAfter, int count,
                                                   const google::protobuf::MessageLite& message) {
  return m_blobs.encode(message).map([&](std::string data) {
    const auto entries = static_cast<std::size_t>(count);
    return DefinitionBlob{
        .kind = kind, .first = idsAfter - entries, .count = entries, .data = std::move(data)};
  });
}

Result<EventBlob> MessageEncoder::events(const v1::EventBatch& batch, const model::SessionRecord& record) {
  return m_blobs.encode(batch).map([&](std::string data) {
    return EventBlob{.firstEvent = record.model.events() - batch.events(),
                     .firstAllocation = batch.first_allocation(),
                     .events = batch.events(),
                     .fromNs = batch.base_time_ns(),
                     .toNs = batch.events() > 0 ? record.model.totals().lastEventNs : batch.base_time_ns(),
                     .data = std::move(data)};
  });
}

Result<EventBlob> MessageEncoder::events(const v1::CountedBatch& batch, const model::SessionRecord& record) {
  EventBlob blob{.firstEvent = record.model.events() - batch.events(),
                 .firstAllocation = batch.first_allocation(),
                 .events = batch.events(),
                 .fromNs = batch.base_time_ns(),
                 .toNs = batch.end_time_ns(),
                 .data = {}};
  if (!record.identity.withoutEvents) {
    blob.data = batch.columns();
    for (const counting::Span& span : record.spans) {
      auto encoded = encodeSpan(span, m_blobs);
      if (!encoded) return tl::unexpected(encoded.error());
      blob.spans.push_back(std::move(*encoded));
    }
    return blob;
  }
  v1::CountedBatch counted;
  counted.set_first_allocation(batch.first_allocation());
  counted.set_base_time_ns(batch.base_time_ns());
  counted.set_events(batch.events());
  counted.set_end_time_ns(batch.end_time_ns());
  *counted.mutable_sums() = batch.sums();
  return m_blobs.encode(counted).map([&](std::string data) {
    blob.data = std::move(data);
    return std::move(blob);
  });
}

SymbolRows MessageEncoder::symbols(const model::DefinitionsView& known) {
  SymbolRows rows{.firstText = m_texts, .texts = {}, .lines = {}};
  for (; m_texts < known.texts.size(); ++m_texts) rows.texts.push_back(known.texts[m_texts]);
  for (; m_namings < known.namings.size(); ++m_namings) {
    const model::Naming& naming = known.namings[m_namings];
    for (std::uint32_t i = 0; i < naming.lineCount; ++i) {
      rows.lines.push_back({.frame = static_cast<std::uint32_t>(index(naming.frame)),
                            .position = i,
                            .line = known.lines[naming.firstLine + i]});
    }
  }
  return rows;
}

}  // namespace heaptap::store
