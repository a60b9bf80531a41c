// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <random>
#include <utility>

#include "collector/ingest/session_ingest.h"
#include "collector/store/message_encoder.h"
#include "collector/store/session_reader.h"
#include "collector/store/session_writer.h"
#include "tests/collector/recorded_program.h"

namespace heaptap::store {

/// Drives ingest, encoder and writer as a live session does, on one thread.
class SessionUnderTest {
 public:
  static Result<SessionUnderTest> create(const std::filesystem::path& file, const v1::Hello& hello,
                                         const WriterOptions& options = {}) {
    auto writer = SessionWriter::create(file, hello, options);
    if (!writer) return tl::unexpected(writer.error());
    return SessionUnderTest(std::move(*ingest::SessionIngest::begin(hello)), std::move(*writer));
  }
  static Result<SessionUnderTest> resume(const std::filesystem::path& file,
                                         const WriterOptions& options = {}) {
    auto stored = SessionReader::open(file).and_then([](SessionReader reader) { return reader.load(); });
    if (!stored) return tl::unexpected(stored.error());
    auto writer = SessionWriter::resume(file, options);
    if (!writer) return tl::unexpected(writer.error());
    ingest::SessionIngest ingest(std::move(stored->builder), stored->progress.lastSequence);
    return SessionUnderTest(std::move(ingest), std::move(*writer));
  }

  /// Applies, encodes and commits one message.
  Result<void> take(const v1::RecordRequest& message) {
    auto added = add(message);
    if (!added) return added;
    auto outcome = m_writer.commit(m_writer.wantsCheckpoint() ? std::optional(checkpoint()) : std::nullopt);
    if (outcome && *outcome == SessionWriter::Outcome::CheckpointNeeded)
      outcome = m_writer.commit(checkpoint());
    return std::move(outcome).map([](auto) {});
  }
  /// The same, to be committed with the next one.
  Result<void> add(const v1::RecordRequest& message) {
    auto applied = m_ingest.apply(message);
    if (!applied) return tl::unexpected(applied.error());
    if (*applied == ingest::SessionIngest::Outcome::Duplicate) return {};
    auto row = m_encoder.encode(message, m_ingest.record());
    if (!row) return tl::unexpected(row.error());
    m_writer.add(std::move(*row));
    return {};
  }
  Result<void> finish() { return m_writer.finish(checkpoint()); }
  Checkpoint checkpoint() {
    BlobEncoder encoder;
    return *Checkpoint::of(m_ingest.lastSequence(), m_ingest.record().model.counters(), encoder);
  }

  /// Precondition: comes first.
  void limitSpans(const counting::SpanBuilder::Limits& limits) { m_ingest.limitSpans(limits); }
  const model::SessionRecord& record() const { return m_ingest.record(); }
  SessionWriter& writer() { return m_writer; }

 private:
  SessionUnderTest(ingest::SessionIngest ingest, SessionWriter writer)
      : m_ingest(std::move(ingest)), m_encoder(m_ingest.record()), m_writer(std::move(writer)) {}

  ingest::SessionIngest m_ingest;
  MessageEncoder m_encoder;
  SessionWriter m_writer;
};

/// A program that allocates and frees at random, so that its events do not compress to nothing.
/// A keyframe follows each `keyframeEvery`th batch; 0: there are none.
inline std::vector<v1::RecordRequest> busyProgram(test::RecordedProgram& program, int batches,
                                                  int eventsPerBatch = 5000, int keyframeEvery = 0) {
  std::mt19937 random(42);
  std::vector<test::RecordedProgram::Block> live;
  std::uint64_t now = 0;
  const std::uint32_t stacks[] = {program.stack({"parse", "main"}), program.stack({"render", "draw", "main"}),
                                  program.stack({"main"})};
  for (int batch = 0; batch < batches; ++batch) {
    for (int i = 0; i < eventsPerBatch; ++i) {
      program.at(now += random() % 1'000'000);
      if (!live.empty() && random() % 100 < 48) {
        const std::size_t victim = random() % live.size();
        program.free(live[victim]);
        live[victim] = live.back();
        live.pop_back();
      } else {
        live.push_back(program.allocate(8 * (random() % 64), stacks[random() % 3]));
      }
    }
    program.flush();
    if (keyframeEvery != 0 && batch % keyframeEvery == keyframeEvery - 1) program.keyframe();
  }
  program.exit(0);
  return program.messages();
}

inline StoredSession load(const std::filesystem::path& file) {
  auto loaded = SessionReader::open(file).and_then([](SessionReader reader) { return reader.load(); });
  EXPECT_TRUE(loaded) << loaded.error().line();
  return std::move(loaded).value();
}

/// A copy of the file as it is while it is written, as a collector that is killed leaves it.
inline std::filesystem::path asIfKilled(const std::filesystem::path& file) {
  std::filesystem::path copy = file;
  copy.replace_filename("killed.heaptap");
  std::filesystem::remove(copy.string() + "-shm");
  for (const char* suffix : {"", "-wal"})
    std::filesystem::copy_file(file.string() + suffix, copy.string() + suffix,
                               std::filesystem::copy_options::overwrite_existing);
  return copy;
}

/// What had been counted at the mark of this position, of which a snapshot was kept. None: the file has none.
inline std::optional<model::SessionCounters> snapshotIn(const std::filesystem::path& file, std::size_t mark) {
  auto reader = SessionReader::open(file).value();
  const StoredSession stored = load(file);
  const auto instants = reader.instants().value();
  for (const StoredInstant& instant : instants) {
    if (instant.mark != mark) continue;
    auto counters = reader.countersAt(instant, stored.builder.record().definitions.view());
    EXPECT_TRUE(counters) << counters.error().line();
    if (counters) return std::move(*counters);
  }
  return std::nullopt;
}

inline void expectSameNumbers(const model::SessionModel& found, const model::SessionModel& expected) {
  const auto a = found.counters(), b = expected.counters();
  EXPECT_EQ(a.counts, b.counts);
  EXPECT_EQ(a.lifetimes, b.lifetimes);
  EXPECT_EQ(a.timeline, b.timeline);
  EXPECT_EQ(a.lastAllocations, b.lastAllocations);
}

}  // namespace heaptap::store
