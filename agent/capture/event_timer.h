// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/context.h"

namespace heaptap::capture {

/// Times some of the calls that it is a local variable of, for an estimate of what recording costs: one in
/// wire::kTimedSpan / 2 on average, after a number of others that chance gives, so that no pattern of the
/// program can hide from it or be all that it sees. The others pay for one count.
/// What is outside of it is not seen: the hooks' entry, and a thread's first event, which makes its context.
/// Threads: any, signal handlers too: at worst, one event more or less is timed.
class EventTimer {
 public:
  EventTimer() {
    ThreadContext* const context = existingContext();
    if (context != nullptr && --context->untilTimed == 0) [[unlikely]]
      begin(*context);
  }
  ~EventTimer() {
    if (m_context != nullptr) [[unlikely]]
      end();
  }
  EventTimer(const EventTimer&) = delete;
  EventTimer& operator=(const EventTimer&) = delete;

 private:
  [[gnu::cold]] void begin(ThreadContext& context);
  [[gnu::cold]] void end() const;

  ThreadContext* m_context = nullptr;  ///< Null: this call is not timed.
  std::uint64_t m_begun = 0;           ///< Ticks.
};

/// Decides when a thread that begins is timed first.
void startTiming(ThreadContext& context, std::uint32_t tid);

}  // namespace heaptap::capture
