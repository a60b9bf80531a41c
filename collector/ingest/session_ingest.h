// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/ingest/record_builder.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Takes the messages of one session in order: drops what it already has, refuses a hole in the numbers,
/// and hands the rest to a RecordBuilder.
/// Threads: one at a time.
class SessionIngest {
 public:
  enum class Outcome { Applied, Duplicate };

  /// Errors: ProtocolTooNew, Corrupt.
  static Result<SessionIngest> begin(const v1::Hello& hello);
  /// Goes on with a record that was rebuilt from a file and holds everything up to `lastSequence`.
  SessionIngest(RecordBuilder builder, std::uint64_t lastSequence);

  /// Errors: Corrupt when the message breaks a rule of ingest.proto; nothing of it is then applied.
  Result<Outcome> apply(const v1::RecordRequest& message);

  std::uint64_t lastSequence() const { return m_lastSequence; }
  const model::SessionRecord& record() const { return m_builder.record(); }
  /// For tests. Precondition: comes first.
  void limitSpans(const counting::SpanBuilder::Limits& limits) { m_builder.limitSpans(limits); }
  /// For copying what it has counted.
  model::SessionModel& model() { return m_builder.model(); }

 private:
  Result<void> applyItem(const v1::RecordRequest& message);

  RecordBuilder m_builder;
  std::uint64_t m_lastSequence;
};

}  // namespace heaptap::ingest
