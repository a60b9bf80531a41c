// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "agent/relay/drain.h"
#include "agent/relay/session_clock.h"
#include "agent/relay/shared_memory.h"
#include "agent/relay/target_process.h"
#include "agent/relay/uplink.h"

namespace heaptap::relay {

/// One program image that is being recorded: its shared memory, the thread that drains it, and the stream
/// to the collector, from the handshake until the collector has stored the last message.
/// Threads: all functions from one; owns one.
class Target {
 public:
  struct Setup {
    std::unique_ptr<SharedMemory> memory;  ///< Its clock was started.
    TargetProcess process;
    Uplink::Options uplink;
    v1::Hello hello;
    bool statusWillCome;           ///< Somebody will call `exitStatus`.
    std::function<void()> onOver;  ///< From another thread, once `outcome` is known.
  };
  explicit Target(Setup setup);
  ~Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  [[nodiscard]] pid_t pid() const { return m_process.pid(); }
  [[nodiscard]] const std::string& sessionId() const { return m_sessionId; }

  // How the recording ends; the first one counts.
  /// The process is gone.
  void processEnded() { end(v1::Goodbye::END_GONE); }
  /// Another image has taken over the process.
  void replaced() { end(v1::Goodbye::END_EXEC); }
  /// Enough: the target runs on.
  void stop();

  /// The process ended with this wait status (waitpid(2)).
  void exitStatus(int waitStatus);
  [[nodiscard]] bool isEnding() const;
  /// Success: the collector has stored everything. None: not over yet.
  [[nodiscard]] std::optional<Result<void>> outcome() const { return m_uplink.outcome(); }

 private:
  void run();
  void drainUntilEnd();
  void end(v1::Goodbye::End how);
  void sendGoodbye();
  void obey(v1::ControlCommand::Kind command);

  std::unique_ptr<SharedMemory> m_memory;
  TargetProcess m_process;
  std::string m_sessionId;
  bool m_statusWillCome;
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::optional<v1::Goodbye::End> m_end;
  std::optional<int> m_waitStatus;

  Uplink m_uplink;  // After what its callbacks use.
  SessionClock m_clock;
  Recorder m_recorder;
  Drain m_drain;
  std::thread m_thread;
};

}  // namespace heaptap::relay
