// SPDX-License-Identifier: Apache-2.0
#include "collector/service/live_session.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>

#include "collector/query/summary.h"
#include "collector/service/thread_cpu.h"
#include "collector/store/session_reader.h"

namespace heaptap::service {
namespace {

using namespace std::chrono_literals;

/// A commit follows the first message it holds after this time.
constexpr auto kCommitInterval = 50ms;
/// While every commit needs a checkpoint.
constexpr auto kSlowCommitInterval = 500ms;
/// The peer waits while more than this is queued: the disk is slower than the peer.
constexpr std::size_t kMaxQueuedBytes = 64U << 20;

}  // namespace

Result<std::shared_ptr<LiveSession>> LiveSession::create(const v1::Hello& hello,
                                                         const std::filesystem::path& file,
                                                         const store::WriterOptions& options) {
  auto ingest = ingest::SessionIngest::begin(hello);
  if (!ingest) return tl::unexpected(ingest.error());
  return store::SessionWriter::create(file, hello, options).map([&](store::SessionWriter writer) {
    return std::shared_ptr<LiveSession>(new LiveSession(std::move(*ingest), std::move(writer)));
  });
}

Result<std::shared_ptr<LiveSession>> LiveSession::resume(const std::filesystem::path& file,
                                                         const store::WriterOptions& options) {
  auto stored =
      store::SessionReader::open(file).and_then([](store::SessionReader reader) { return reader.load(); });
  if (!stored) return tl::unexpected(stored.error());
  return store::SessionWriter::resume(file, options).map([&](store::SessionWriter writer) {
    ingest::SessionIngest ingest(std::move(stored->builder), stored->progress.lastSequence);
    std::shared_ptr<LiveSession> session(new LiveSession(std::move(ingest), std::move(writer)));
    session->noteCpu(stored->progress.collectorCpuNs.value_or(0));
    return session;
  });
}

LiveSession::LiveSession(ingest::SessionIngest ingest, store::SessionWriter writer)
    : m_opened(openingNumber()),
      m_identity(ingest.record().identity),
      m_file(writer.file()),
      m_keyframeBytes(writer.keyframeBytes()),
      m_bytesAtOnce(writer.bytesAtOnce()),
      m_record(std::move(ingest)),
      m_encoder(m_record.get()),
      m_queued(m_record.lastSequence()),
      m_lastStored(m_queued),
      m_custody{.state = query::State::Live,
                .finished = true,
                .file = m_file.string(),
                .eventsNotStored = writer.eventsNotStored(),
                .storedEventBytes = writer.storedEventBytes(),
                .storeFailed = std::nullopt,
                .collectorCpuNs = std::nullopt},
      // Not from 1: an answer may be one to a collector before this.
      m_nextCommand(std::uint64_t{std::random_device()()} << 16 | 1),
      m_writer(std::move(writer)),
      m_thread([this] { storeLoop(); }) {}

LiveSession::~LiveSession() { suspend(); }

std::uint64_t LiveSession::attach(std::shared_ptr<ReplyStream> replies) {
  const Lock lock = m_record.lock();
  if (m_replies) m_replies->cancel();
  m_replies = std::move(replies);
  return m_lastStored;
}

bool LiveSession::detach(const std::shared_ptr<ReplyStream>& replies) {
  const Lock lock = m_record.lock();
  if (m_replies != replies) return false;
  m_replies.reset();
  m_leftAt = std::chrono::steady_clock::now();
  m_stored.notify_all();
  return true;
}

std::optional<std::chrono::steady_clock::time_point> LiveSession::leftAt() const {
  const Lock lock = m_record.lock();
  return m_replies ? std::nullopt : std::optional(m_leftAt);
}

Result<void> LiveSession::receive(const v1::RecordRequest& message) {
  {
    Lock lock = m_record.lockForMessage();
    m_stored.wait(lock, [&] { return m_rowBytes < kMaxQueuedBytes || m_stopping; });
  }
  const Lock receiving = m_record.lockReceiving();
  {
    const Lock lock = m_record.lockForMessage();
    if (m_stopping) return failure(Code::Unavailable, m_identity.id.hex(), "the session has ended");
    const auto outcome = m_record.apply(message);
    if (!outcome) return tl::unexpected(outcome.error());
    if (*outcome == ingest::SessionIngest::Outcome::Duplicate) return {};
  }
  // What the encoder reads of the record is changed only here.
  auto row = m_encoder.encode(message, m_record.get());
  if (!row) return tl::unexpected(row.error());
  const Lock lock = m_record.lockForMessage();
  m_rowBytes += row->bytes();
  m_queued = message.sequence();
  m_rows.push_back(std::move(*row));
  if (message.has_obeyed() && m_unanswered.erase(message.obeyed().command()) != 0) m_stored.notify_all();
  if (m_rows.size() == 1 || m_rowBytes >= m_bytesAtOnce) m_wake.notify_all();
  return {};
}

std::uint64_t LiveSession::flush() {
  Lock lock = m_record.lock();
  m_flushing = true;
  m_wake.notify_all();
  m_stored.wait(lock, [&] { return m_lastStored == m_record.lastSequence() || m_stopping; });
  return m_lastStored;
}

Result<void> LiveSession::command(v1::ControlCommand command, std::chrono::milliseconds patience) {
  const bool answered =
      command.kind() == v1::ControlCommand::KIND_MARK || command.kind() == v1::ControlCommand::KIND_SNAPSHOT;
  Lock lock = m_record.lock();
  const std::shared_ptr<ReplyStream> replies = m_replies;
  command.set_id(answered ? m_nextCommand++ : 0);
  if (answered) m_unanswered.insert(command.id());
  lock.unlock();
  v1::RecordReply reply;
  *reply.mutable_command() = command;
  const bool sent = replies && replies->send(reply);
  lock.lock();
  if (sent)
    m_stored.wait_for(lock, patience, [&] {
      return !m_unanswered.contains(command.id()) || m_replies != replies || m_stopping;
    });
  const bool unanswered = m_unanswered.erase(command.id()) != 0;
  // It has said its last word, and the session is being closed.
  if (!sent && m_record.get().ending)
    return failure(Code::NotFound, m_identity.id.hex(), "the session is not being recorded any more");
  if (!sent) return failure(Code::Unavailable, m_identity.id.hex(), "no relay is connected");
  if (!unanswered) return {};
  if (m_record.get().ending)
    return failure(Code::NotFound, m_identity.id.hex(), "the session ended before the mark could be made");
  return failure(Code::Unavailable, m_identity.id.hex(),
                 "the relay does not answer; the mark may still come, or not");
}

void LiveSession::noteCpu(std::uint64_t ns) {
  const Lock lock = m_record.lock();
  m_custody.collectorCpuNs = m_custody.collectorCpuNs.value_or(0) + ns;
}

void LiveSession::awaitStored() {
  Lock lock = m_record.lock();
  const std::uint64_t wanted = m_record.lastSequence();
  m_stored.wait(lock, [&] { return m_lastStored >= wanted || m_stopping; });
}

void LiveSession::storeLoop() {
  ThreadCpu cpu;
  Lock lock = m_record.lock();
  while (true) {
    m_wake.wait(lock, [&] { return !m_rows.empty() || m_stopping; });
    if (m_stopping) return;  // The thread that stops this one stores the rest.
    const auto interval = m_writer->wantsCheckpoint() ? kSlowCommitInterval : kCommitInterval;
    m_wake.wait_for(lock, interval, [&] { return m_rowBytes >= m_bytesAtOnce || m_flushing || m_stopping; });
    if (m_stopping) return;
    lock.unlock();
    storeWaiting();
    lock.lock();
    m_custody.collectorCpuNs = m_custody.collectorCpuNs.value_or(0) + cpu.lap();
  }
}

void LiveSession::storeWaiting() {
  using Outcome = store::SessionWriter::Outcome;
  Collected collected = collect(m_writer->wantsCheckpoint());
  auto outcome = m_writer->commit(collected.checkpoint);
  if (outcome && *outcome == Outcome::CheckpointNeeded) {
    collected = collect(true);
    outcome = m_writer->commit(collected.checkpoint);
  }
  tellIfReduced(m_writer->reducedBy());
  Lock lock = m_record.lock();
  noteStored(lock, collected.sequence, std::move(outcome).map([](Outcome) {}));
  const std::shared_ptr<ReplyStream> replies = m_replies;
  lock.unlock();
  if (replies) replies->acknowledge(collected.sequence);
}

/// Gives the writer all rows, and makes a checkpoint of the same moment.
LiveSession::Collected LiveSession::collect(bool withCheckpoint) {
  Collected collected;
  std::vector<store::StoredRow> rows;
  std::optional<std::uint64_t> cpuNs;
  const auto take = [&] {
    rows = std::exchange(m_rows, {});
    m_rowBytes = 0;
    collected.sequence = m_queued;
    cpuNs = m_custody.collectorCpuNs;
    m_stored.notify_all();
  };
  if (withCheckpoint) {
    model::SessionCounters counters;
    model::CountsCopy copy;
    m_record.copyCounts(copy, LiveRecord::Moment::BetweenMessages, [&](model::SessionModel& model) {
      take();
      collected.sequence = m_record.lastSequence();
      counters = model.countersAround({});
    });
    counters.counts = std::move(copy.counts);
    auto made = store::Checkpoint::of(collected.sequence, counters, m_checkpointEncoder);
    if (made) collected.checkpoint = std::move(*made);
  } else {
    const Lock lock = m_record.lock();
    take();
  }
  for (store::StoredRow& row : rows) m_writer->add(std::move(row));
  m_writer->noteCpu(cpuNs);
  return collected;
}

/// What cannot be stored is acknowledged too: the target must go on, and the numbers here stay exact.
void LiveSession::noteStored(const Lock& /*lock*/, std::uint64_t sequence, const Result<void>& stored) {
  m_lastStored = sequence;
  if (m_lastStored == m_record.lastSequence()) m_flushing = false;
  m_custody.eventsNotStored = m_writer->eventsNotStored();
  m_custody.storedEventBytes = m_writer->storedEventBytes();
  m_custody.storeFailed = stored ? std::nullopt : std::optional(stored.error().line());
  m_stored.notify_all();
}

void LiveSession::tellIfReduced(const std::optional<Error>& why) {
  if (why.has_value() != m_isReduced && m_onReduced) m_onReduced(why);
  m_isReduced = why.has_value();
}

void LiveSession::stopStoring() {
  {
    const Lock lock = m_record.lock();
    m_stopping = true;
    m_wake.notify_all();
    m_stored.notify_all();
  }
  if (m_thread.joinable()) m_thread.join();
}

Result<void> LiveSession::finish() {
  const std::lock_guard ending(m_ending);
  if (m_end) return *m_end;
  stopStoring();
  const Collected collected = collect(true);
  m_end = collected.checkpoint
              ? m_writer->finish(*collected.checkpoint)
              : failure(Code::Internal, m_file.string(), "the final numbers are too large to be stored");
  Lock lock = m_record.lock();
  noteStored(lock, collected.sequence, *m_end);
  m_custody.state = m_record.get().ending ? query::State::Complete : query::State::CutShort;
  const std::optional<Error> reducedBy = m_writer->reducedBy();
  m_writer.reset();
  lock.unlock();
  tellIfReduced(reducedBy);
  return *m_end;
}

void LiveSession::suspend() {
  const std::lock_guard ending(m_ending);
  if (m_end) return;
  stopStoring();
  const Collected collected = collect(true);
  m_end = m_writer->commit(collected.checkpoint).map([](auto) {});
  const Lock lock = m_record.lock();
  noteStored(lock, collected.sequence, *m_end);
  m_custody.state = query::State::CutShort;
  m_custody.finished = false;
  m_writer.reset();
}

bool LiveSession::isComplete() const {
  const Lock lock = m_record.lock();
  return m_custody.state == query::State::Complete;
}

bool LiveSession::saidGoodbye() const {
  const Lock lock = m_record.lock();
  return m_record.get().ending.has_value();
}

std::uint64_t LiveSession::eventsNotStored() const {
  const Lock lock = m_record.lock();
  return m_custody.eventsNotStored;
}

std::uint64_t LiveSession::allocations() const {
  const Lock lock = m_record.lock();
  const model::SessionRecord& record = m_record.get();
  std::uint64_t all = record.relay.exact ? record.relay.exact->allocations
                                         : model::estimatedAllocations(m_identity, record.model.totals());
  for (std::uint32_t heap = 1; heap < record.model.heaps(); ++heap)
    all += record.model.totals(model::HeapId{heap}).allocations;
  return all;
}

v1::SessionInfo LiveSession::info() { return status().info(); }

v1::Status LiveSession::status() {
  const Lock lock = m_record.lock();
  const model::SessionRecord& record = m_record.get();
  const model::Totals& totals = record.model.totals();
  v1::Status status;
  const std::uint64_t ended = record.ending ? record.ending->endedNs : 0;
  *status.mutable_info() = query::infoOf(m_identity, m_custody, std::max(totals.lastEventNs, ended));
  status.set_at_ns(totals.lastEventNs);
  status.set_live_bytes(totals.liveBytes);
  status.set_live_blocks(model::estimatedLiveBlocks(m_identity, totals));
  status.set_peak_bytes(totals.peakBytes);
  status.set_peak_at_ns(totals.peakAtNs);
  status.set_allocations(model::estimatedAllocations(m_identity, totals));
  if (m_identity.sampleInterval != 0) {
    status.set_live_bytes_error(std::sqrt(totals.estimate.liveVariance));
  } else {
    status.set_allocated_bytes(totals.allocatedBytes);
    status.set_temporary_allocations(totals.temporaries);
  }
  if (!record.ending && record.relay.pausedSinceNs) status.set_paused_since_ns(*record.relay.pausedSinceNs);
  status.set_dropped_events(record.drops.total().events());
  if (!record.resident.samples().empty())
    if (const auto bytes = record.resident.samples().back().programBytes()) status.set_rss_bytes(*bytes);
  return status;
}

Result<query::SharedView> LiveSession::view() { return viewSince(nullptr).view; }

Result<query::SharedView> LiveSession::viewWithoutCounts() {
  const Lock lock = m_record.lockForQuery();
  return std::make_shared<const query::SessionView>(
      query::viewWithoutCounts(m_record.get(), m_custody, m_opened));
}

query::CountsAnswer LiveSession::viewSince(const v1::CountsMoment* since) {
  query::SessionView view;
  model::CountsCopy copy;
  if (since != nullptr) copy.since = query::momentOf(*since, m_opened);
  m_record.copyCounts(copy, LiveRecord::Moment::Any, [&](model::SessionModel&) {
    view = query::viewWithoutCounts(m_record.get(), m_custody, m_opened);
  });
  view.counts = std::move(copy.counts);
  query::CountsAnswer answer{.view = std::make_shared<const query::SessionView>(std::move(view)),
                             .moment = std::move(copy.moment)};
  if (copy.since) answer.changed = std::move(copy.changed);
  return answer;
}

bool LiveSession::waitForEnd(std::chrono::milliseconds atMost) {
  Lock lock = m_record.lock();
  return m_stored.wait_for(lock, atMost, [&] { return m_custody.state != query::State::Live; });
}

}  // namespace heaptap::service
