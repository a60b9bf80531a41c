// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "base/error.h"
#include "collector/ingest/batch_decoder.h"
#include "collector/ingest/definitions_reader.h"
#include "collector/ingest/keyframe_check.h"
#include "collector/model/session_record.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Builds a SessionRecord from messages, whether they come from a relay or out of a file. Each message is
/// checked whole before anything of it is applied.
/// Threads: one at a time.
/// Errors:  apply(): Corrupt when a message breaks a rule of ingest.proto; the record is then unchanged.
class RecordBuilder {
 public:
  /// What will be done with the record: events follow, or it is only looked at. Then the rows that counting
  /// needs, the largest part of a large record, are made when an event comes after all.
  enum class Use { Count, Look };

  /// Errors: ProtocolTooNew, Corrupt.
  static Result<RecordBuilder> begin(const v1::Hello& hello, Use use = Use::Count);

  Result<void> apply(const v1::Modules& message);
  Result<void> apply(const v1::ModuleNames& message);
  Result<void> apply(const v1::Threads& message);
  Result<void> apply(const v1::Frames& message);
  Result<void> apply(const v1::StackNodes& message);
  Result<void> apply(const v1::Heaps& message);
  Result<void> apply(const v1::Pairs& message);
  Result<void> apply(const v1::EventBatch& message);
  /// By its sums: the columns are not looked into.
  Result<void> apply(const v1::CountedBatch& message);
  /// Only checks it: the record knows no blocks.
  Result<void> apply(const v1::Keyframe& message);
  /// A message has come that is no part of a keyframe.
  void interruptKeyframe() { m_keyframes.interrupt(); }
  /// The next message may be any part of a keyframe, as the file does not say with what it ends.
  void resumeKeyframe() { m_keyframes.resume(); }
  Result<void> apply(const v1::Gap& message);
  Result<void> apply(const v1::Symbols& message);
  Result<void> apply(const v1::Counters& message);
  Result<void> apply(const v1::Findings& message);
  /// Notes the moment, with what is counted by now.
  Result<void> apply(const v1::Mark& message);
  Result<void> apply(const v1::ResidentMemory& message);
  Result<void> apply(const v1::Goodbye& message);

  /// A moment as it was noted before. Errors: Corrupt.
  Result<void> restore(const model::Mark& mark);
  /// Goes on from a checkpoint. Precondition: no batch was applied yet.
  /// Errors: Corrupt when the counters contradict themselves or what is defined.
  Result<void> restore(model::SessionCounters counters);

  const model::SessionRecord& record() const { return m_record; }
  /// For copying what it has counted.
  model::SessionModel& model() { return m_record.model; }
  /// For tests: how long spans are. Precondition: comes first.
  void limitSpans(const counting::SpanBuilder::Limits& limits) { m_spans = counting::SpanBuilder(limits); }
  /// What was counted, when nothing will follow; the record keeps the rest.
  model::SessionCounters takeCounters();

 private:
  RecordBuilder(model::Identity identity, Use use);
  template <class Message>
  Result<void> define(const Message& message);

  void addRows();
  void makeReadyToCount();
  void addToSpans(const v1::CountedBatch& message, const counting::BatchSums& sums);

  model::SessionRecord m_record;
  bool m_isCounting;
  std::optional<model::SessionCounters> m_restored;  ///< While not counting.
  std::size_t m_snapshots = 0;                       ///< Kept.
  std::size_t m_snapshotPairs = 0;                   ///< In all of them.
  std::size_t m_residentSamples = 0;                 ///< Ever added.
  counting::SpanBuilder m_spans;
  BatchDecoder m_batches;
  KeyframeCheck m_keyframes;
  DefinitionsReader m_definitions;
};

}  // namespace heaptap::ingest
