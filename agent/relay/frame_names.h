// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <vector>

#include "agent/relay/binary_names.h"
#include "agent/relay/message_sink.h"
#include "agent/relay/module_import.h"
#include "agent/relay/stack_import.h"

namespace heaptap::relay {

/// Looks up the names of a session's frames and sends them: now and then those that are new, so that a
/// session can be looked at while it is recorded, and at its end the rest. Nobody waits for a name to see a
/// number: the look-up has a thread of its own, which waits for an idle relay while the program runs.
/// Threads: as said below.
class FrameNames {
 public:
  using Clock = std::chrono::steady_clock;

  /// Both imports outlive this.
  FrameNames(std::shared_ptr<BinaryNames> binaries, const StackImport& stacks, const ModuleImport& modules);
  /// Waits for the name that is being looked up.
  ~FrameNames();
  FrameNames(const FrameNames&) = delete;
  FrameNames& operator=(const FrameNames&) = delete;

  /// Sends what was found, and begins to look up what is new when it is time to. Returns at once. `busy`: the
  /// drain hardly keeps up, and so names can wait, though not for ever. Threads: the drain's.
  void advance(Clock::time_point now, bool busy, MessageSink& sink);
  /// Looks up and sends the rest, once all frames were sent. Takes seconds with large binaries.
  /// Threads: any one; `advance` must not be called any more.
  void finish(MessageSink& sink);

 private:
  struct Task {
    std::size_t first = 0;  ///< Index of frames.front() in the session.
    std::vector<Frame> frames;
    std::vector<std::shared_ptr<BinaryNames::Binary>> binaries;  ///< By index of the module; null: none.
  };
  struct Found {
    std::vector<v1::RecordRequest> messages;
    Clock::duration took;
  };

  Task takeNew();
  void lookUp(const Task& task, MessageSink& sink) const;
  void sendFound(Found found, MessageSink& sink);

  const std::shared_ptr<BinaryNames> m_binaries;
  const StackImport& m_stacks;
  const ModuleImport& m_modules;
  std::size_t m_taken = 0;  ///< Frames that were looked up, or are being.
  Clock::duration m_pause;
  Clock::time_point m_next;
  std::atomic<bool> m_abandoned{false};
  std::future<Found> m_underWay;
};

}  // namespace heaptap::relay
