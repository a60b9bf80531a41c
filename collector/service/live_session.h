// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "collector/query/counts_stream.h"
#include "collector/service/live_record.h"
#include "collector/service/reply_stream.h"
#include "collector/service/session.h"
#include "collector/store/message_encoder.h"
#include "collector/store/session_writer.h"

namespace heaptap::service {

/// A session that is being recorded.
///
/// Two threads share the work: the call's thread checks, counts and compresses each message as it comes
/// (receive()), a thread of the session's own writes what has come together, a transaction at a time, and
/// then acknowledges it. Queries share the definitions and copy the counts, in parts, so that the call's
/// thread waits for none of them for long.
/// Locks:   m_ending, then those of the record.
/// Owns:    the record, the open file and the storing thread.
/// Threads: any; receive() by the thread of the attached stream.
class LiveSession : public Session {
 public:
  /// Called each time that events can be stored no more, with the reason, and without one when there is room
  /// again. Threads: the storing one; it must return quickly.
  using OnReduced = std::function<void(const std::optional<Error>& why)>;

  /// Errors: of the hello, and of making the file.
  static Result<std::shared_ptr<LiveSession>> create(const v1::Hello& hello,
                                                     const std::filesystem::path& file,
                                                     const store::WriterOptions& options);
  /// Goes on with a file whose relay has not said its last word.
  static Result<std::shared_ptr<LiveSession>> resume(const std::filesystem::path& file,
                                                     const store::WriterOptions& options);
  ~LiveSession() override;
  /// Before the first message.
  void onReduced(OnReduced callback) { m_onReduced = std::move(callback); }

  /// Replies go to `replies` from now on; a stream attached before is cancelled.
  /// Returns the number of the last message that is stored.
  std::uint64_t attach(std::shared_ptr<ReplyStream> replies);
  /// Forgets the stream. False when another one has taken its place meanwhile.
  bool detach(const std::shared_ptr<ReplyStream>& replies);
  /// Since when no stream is attached; none while one is.
  std::optional<std::chrono::steady_clock::time_point> leftAt() const;
  /// Checks, counts and queues a message; waits while too much is queued. Errors: Corrupt, Unavailable
  /// once the session has ended.
  Result<void> receive(const v1::RecordRequest& message);
  /// Returns when everything received is stored, or cannot be: with the number of the last message.
  std::uint64_t flush();
  /// Of a mark and a snapshot, returns when it has come.
  /// Errors: Unavailable while no relay is connected, and when it has not answered for so long; NotFound when
  /// the session ended before.
  Result<void> command(v1::ControlCommand command, std::chrono::milliseconds patience);
  /// The stream's thread has spent CPU time on this session.
  void noteCpu(std::uint64_t ns);
  /// Returns when everything received by now is stored, or cannot be.
  void awaitStored();

  /// Stores everything and closes the file. The second time, returns what the first one did.
  Result<void> finish();
  /// Stores everything and closes the file, to be resumed later.
  void suspend();

  const std::filesystem::path& file() const { return m_file; }
  std::uint32_t image() const { return m_identity.image; }
  const model::SessionId& tree() const { return m_identity.tree; }
  bool isWithoutEvents() const { return m_identity.withoutEvents; }
  /// How far apart keyframes are to be at most, in bytes of events, so that the file can have several.
  std::uint64_t keyframeBytes() const { return m_keyframeBytes; }
  bool isComplete() const;
  bool saidGoodbye() const;
  std::uint64_t eventsNotStored() const;
  /// Of all heaps together; exact in a sampled session, too.
  std::uint64_t allocations() const;

  const model::SessionId& id() const override { return m_identity.id; }
  v1::SessionInfo info() override;
  Result<query::SharedView> view() override;
  Result<query::SharedView> viewWithoutCounts() override;
  /// The session now, and what has changed since a moment of an earlier answer; null: everything.
  query::CountsAnswer viewSince(const v1::CountsMoment* since);
  bool waitForEnd(std::chrono::milliseconds atMost) override;
  /// Cheap: a few numbers.
  v1::Status status();

 private:
  using Lock = LiveRecord::Lock;

  LiveSession(ingest::SessionIngest ingest, store::SessionWriter writer);

  struct Collected {
    std::uint64_t sequence = 0;  ///< Of the last message that the writer has been given.
    std::optional<store::Checkpoint> checkpoint;
  };
  void storeLoop();
  void storeWaiting();
  Collected collect(bool withCheckpoint);
  void noteStored(const Lock& lock, std::uint64_t sequence, const Result<void>& stored);
  void tellIfReduced(const std::optional<Error>& why);
  void stopStoring();

  const std::uint64_t m_opened;
  const model::Identity m_identity;
  const std::filesystem::path m_file;
  const std::uint64_t m_keyframeBytes;
  const std::size_t m_bytesAtOnce;  ///< A commit follows when so much has come together.

  LiveRecord m_record;  ///< Its mutex is that of all that follows.
  store::MessageEncoder m_encoder;
  std::condition_variable m_wake;        ///< For the storing thread: there is something to do.
  std::condition_variable m_stored;      ///< For the others: something was stored, or the session has ended.
  std::vector<store::StoredRow> m_rows;  ///< Received, and not yet given to the writer.
  std::uint64_t m_queued;                ///< Number of the last message in them, or before them.
  std::size_t m_rowBytes = 0;
  std::uint64_t m_lastStored;
  std::shared_ptr<ReplyStream> m_replies;
  std::chrono::steady_clock::time_point m_leftAt = std::chrono::steady_clock::now();  ///< Without replies.
  query::Custody m_custody;
  std::uint64_t m_nextCommand;
  std::set<std::uint64_t> m_unanswered;  ///< Ids of commands.
  bool m_flushing = false;               ///< A caller waits for what was received to be stored.
  bool m_stopping = false;

  std::mutex m_ending;  ///< Held while the session is being closed.
  std::optional<Result<void>> m_end;

  // Used by the storing thread only, and by the one that has joined it.
  std::optional<store::SessionWriter> m_writer;
  OnReduced m_onReduced;
  bool m_isReduced = false;  ///< As was told last.
  BlobEncoder m_checkpointEncoder;
  std::thread m_thread;  ///< Last: it uses all of the above.
};

}  // namespace heaptap::service
