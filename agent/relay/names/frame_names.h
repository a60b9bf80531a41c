// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/names/binary_names.h"
#include "agent/relay/names/made_code.h"
#include "agent/relay/names/module_import.h"
#include "agent/relay/names/stack_import.h"

namespace heaptap::relay {

class SymbolsMessage;

/// Looks up the names of a session's frames and sends them: now and then those that are new, so that a
/// session can be looked at while it is recorded, and at its end the rest. No reader waits for a name to see
/// a number: the look-up has a thread of its own, which waits for an idle relay while the program runs.
/// Threads: as said below.
class FrameNames {
 public:
  using Clock = std::chrono::steady_clock;

  /// The process and both imports outlive this.
  FrameNames(std::shared_ptr<BinaryNames> binaries, const TargetProcess& process, const StackImport& stacks,
             const ModuleImport& modules);
  /// Waits for the name that is being looked up.
  ~FrameNames();
  FrameNames(const FrameNames&) = delete;
  FrameNames& operator=(const FrameNames&) = delete;

  /// Sends what was found, and begins to look up what is new when it is time to. Returns at once. `busy`: the
  /// drain hardly keeps up, and so names can wait, though not without end. Threads: the drain's.
  void advance(Clock::time_point now, bool busy, MessageSink& sink);
  /// Looks up and sends the rest, once all frames were sent. Takes seconds with large binaries.
  /// Threads: any one; `advance` must not be called any more.
  void finish(MessageSink& sink);

 private:
  /// A frame to be named, and what the session calls it.
  struct Wanted {
    Frame frame;
    std::uint32_t id = 0;
  };
  struct Task {
    std::vector<Wanted> frames;   ///< By module; first those of none.
    std::vector<Module> modules;  ///< Those of the session so far, by index.
  };
  struct Found {
    std::vector<v1::RecordRequest> messages;
    std::vector<std::uint32_t> again;  ///< Indexes of frames that may have a name later.
    Clock::duration took;
  };

  Task takeNew();
  std::vector<std::uint32_t> lookUp(const Task& task, MessageSink& sink);
  std::vector<std::uint32_t> lookUpMadeCode(std::span<const Wanted> frames, SymbolsMessage& message);
  void sendFound(Found found, MessageSink& sink);
  void tellMissing(std::uint32_t module, v1::ModuleNames::Missing missing, MessageSink& sink);

  const std::shared_ptr<BinaryNames> m_binaries;
  const StackImport& m_stacks;
  const ModuleImport& m_modules;
  MadeCode m_madeCode;                 ///< Used by one look-up after the other.
  std::size_t m_taken = 0;             ///< Frames that were looked up, or are being, …
  std::vector<std::uint32_t> m_again;  ///< … except for these indexes.
  /// By module: what was said last. Used by one look-up after the other.
  std::map<std::uint32_t, v1::ModuleNames::Missing> m_missing;
  Clock::duration m_pause;
  Clock::time_point m_next;
  std::atomic<bool> m_abandoned{false};
  std::future<Found> m_underWay;
};

}  // namespace heaptap::relay
