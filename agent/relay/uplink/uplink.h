// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/uplink/record_stream.h"
#include "agent/relay/uplink/spool.h"
#include "base/error.h"
#include "rpc/keep_alive.h"

namespace heaptap::relay {

/// The newest version of the ingest protocol that this relay speaks.
inline constexpr std::uint32_t kProtocol = 6;

/// Brings the messages of one session to the collector, each until it is acknowledged. While the collector
/// is away they are kept, and a new stream resumes after the last one that it has stored.
/// Threads: `send` and `finish` from one, the rest from any; owns one.
class Uplink final : public MessageSink {
 public:
  struct Options {
    std::string collector;  ///< gRPC target: unix:PATH or HOST:PORT.
    Spool::Options spool;
    /// How long an absent collector is waited for once the session is over. Before, without a limit.
    std::chrono::milliseconds patience{30'000};
    rpc::KeepAlive keepAlive = {};
  };
  struct Callbacks {
    std::function<void(const v1::ControlCommand&)> onCommand;  ///< From the uplink's thread.
    std::function<void()> onOver;                              ///< Likewise, once `outcome` is known.
  };

  Uplink(Options options, const v1::Hello& hello, Callbacks callbacks);
  /// Gives up what is not yet stored.
  ~Uplink() override;

  void send(v1::RecordRequest& request) override;
  [[nodiscard]] bool wantsEvents() const override { return m_wantsEvents.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t keyframeBytes() const override {
    return m_keyframeBytes.load(std::memory_order_relaxed);
  }
  /// Returns true when events should be taken that would become messages.
  [[nodiscard]] bool hasRoom() const { return m_spool.hasRoom(); }
  /// The last message was sent.
  void finish();

  /// How it ended: success means that the collector has stored everything for good. None: not over yet.
  [[nodiscard]] std::optional<Result<void>> outcome() const;
  [[nodiscard]] bool isOver() const { return m_over.load(std::memory_order_acquire); }

 private:
  using Clock = std::chrono::steady_clock;
  /// One stream's view of what has been sent and may be sent.
  struct Progress {
    bool accepted = false;
    bool halfClosed = false;
    std::uint64_t nextNumber = 0;
    std::uint64_t credit = 0;
    std::uint64_t inFlight = 0;  ///< Bytes sent on this stream and not acknowledged.
  };

  void run();
  grpc::Status serve(RecordStream& stream, Progress& progress);
  std::optional<Error> handle(const v1::RecordReply& reply, Progress& progress);
  void acknowledge(std::uint64_t number, Progress& progress);
  void conclude(Result<void> outcome);
  /// False: there is no point in another attempt. `isBusy`: the collector itself has answered that the
  /// session must wait, which is a sign of life.
  bool waitBeforeRetry(std::chrono::milliseconds delay, bool isBusy);
  [[nodiscard]] bool maySend(const Progress& progress) const;

  const Options m_options;
  const Callbacks m_callbacks;
  const Spool::Message m_hello;
  Spool m_spool;
  std::uint64_t m_sequence = 0;  ///< Of the last message sent; `send`'s thread only.

  mutable Monitor m_monitor;
  bool m_finished = false;                      ///< Guarded, as the rest: no more messages.
  bool m_abandoned = false;                     ///< The destructor waits.
  std::optional<Clock::time_point> m_deadline;  ///< Set when finished, moved by each sign of life.
  std::optional<Result<void>> m_outcome;
  std::optional<Error> m_broken;  ///< Why this relay gives up by itself.
  std::atomic<bool> m_over{false};
  std::atomic<bool> m_wantsEvents{true};
  std::atomic<std::uint64_t> m_keyframeBytes{0};
  std::thread m_thread;
};

}  // namespace heaptap::relay
