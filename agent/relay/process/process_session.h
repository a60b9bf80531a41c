// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/relay/drain/event_translator.h"
#include "agent/relay/names/frame_names.h"
#include "agent/relay/pack/batch_packer.h"
#include "agent/relay/process/operator_doubts.h"
#include "agent/relay/process/span_answers.h"
#include "agent/relay/target/shared_memory.h"
#include "agent/relay/target/target_process.h"
#include "agent/relay/uplink/uplink.h"

namespace heaptap::relay {

/// The session of one process: what its events become, and the stream that brings it to the collector, until
/// the collector has stored the last message.
/// Threads: as said below; owns one while it closes.
class ProcessSession {
 public:
  struct Setup {
    std::shared_ptr<const TargetProcess> process;
    std::uint32_t index = wire::kFirstProcess;  ///< Of the process, in the shared memory.
    Uplink::Options uplink;
    v1::Hello hello;
    bool statusWillCome = false;  ///< There will be a call of `exitStatus`.
    std::shared_ptr<BinaryNames> binaries;
    BlockStores blocks{1};  ///< Of the tree.
    Uplink::Callbacks callbacks;
  };
  ProcessSession(const SharedMemory& memory, Setup setup);
  /// Gives up what is not yet stored.
  ~ProcessSession();
  ProcessSession(const ProcessSession&) = delete;
  ProcessSession& operator=(const ProcessSession&) = delete;

  // Threads: any, for these.
  [[nodiscard]] pid_t pid() const { return m_process->pid(); }
  [[nodiscard]] const std::string& id() const { return m_id; }
  /// How the recording ends; the first one counts.
  void end(v1::Goodbye::End how);
  [[nodiscard]] std::optional<v1::Goodbye::End> howItEnds() const;
  /// The process ended with this wait status (waitpid(2)).
  void exitStatus(int waitStatus);
  /// A child executes a program, or another one has taken over the process: the goodbye waits a little for
  /// the word on whether that is recorded (none), or is not.
  void expectVerdict();
  void judged(const std::optional<v1::UnrecordedProgram>& unrecorded);
  /// Success: the collector has stored everything. None: not over yet.
  [[nodiscard]] std::optional<Result<void>> outcome() const { return m_uplink.outcome(); }
  /// Returns true when a mark or a snapshot was asked for that was not yet made.
  [[nodiscard]] bool isAsked() const;
  /// Returns true when the collector will take no more.
  [[nodiscard]] bool isOver() const { return m_uplink.isOver(); }

  // Threads: the drain's, for these.
  [[nodiscard]] EventTranslator& translator() { return m_translator; }
  [[nodiscard]] bool hasRoom() const { return m_uplink.hasRoom(); }
  /// Makes the marks and snapshots that the collector has asked for, here and now. Until the session is
  /// closed; those that come later still belong to it, and are made at its end. `beforeSnapshot` is called
  /// before each snapshot.
  void markMoments(
      std::uint64_t nowNs, const std::function<void()>& beforeSnapshot = [] {});
  /// Goes on with the answer to what the program has asked about its heap. After each look at the events.
  void answerQuestion() { m_answers.advance(); }
  /// Names what is new, so that a session can be looked at while it is recorded.
  void advanceNames(FrameNames::Clock::time_point now, bool busy) {
    m_names.advance(now, busy, m_packer);
    m_doubts.advance(now, busy);
  }
  /// Everything was recorded, and `end` was called: sends the rest. Looking up symbols takes its time, for
  /// which this has a thread.
  void close(std::uint64_t nowNs);

 private:
  Uplink::Callbacks noting(Uplink::Callbacks callbacks);
  void note(const v1::ControlCommand& command);
  bool mayLeave();
  void sendGoodbye(std::uint64_t endedNs);

  const std::shared_ptr<const TargetProcess> m_process;
  const std::string m_id;
  const bool m_statusWillCome;
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::optional<v1::Goodbye::End> m_end;
  std::optional<int> m_waitStatus;
  unsigned m_verdictsAwaited = 0;
  std::vector<v1::UnrecordedProgram> m_unrecorded;
  std::vector<v1::ControlCommand> m_asked;  ///< Marks and snapshots to be made.
  bool m_leaving = false;                   ///< No more of them.

  Uplink m_uplink;  // After what its callbacks use.
  BatchPacker m_packer{m_uplink};
  EventTranslator m_translator;
  FrameNames m_names;
  OperatorDoubts m_doubts;
  SpanAnswers m_answers;
  std::thread m_closing;
};

}  // namespace heaptap::relay
