// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/record/context.h"

namespace heaptap::capture {

/// Adds the time that it lives to what the thread says of its events. A thread that may not ask the time is
/// not timed.
class EventTimer {
 public:
  explicit EventTimer(ThreadContext& context);
  ~EventTimer();
  EventTimer(const EventTimer&) = delete;
  EventTimer& operator=(const EventTimer&) = delete;

 private:
  ThreadContext* m_context = nullptr;  ///< Null: not timed after all.
  std::uint64_t m_begun = 0;           ///< Ticks.
};

/// Does the work of one event, and times it now and then, for an estimate of what recording costs: one in
/// half of wire::timedSpan() on average, after a number of others that chance gives, so that no pattern of
/// the program can hide from it or be all that it sees. The others pay for one count. What is outside of it
/// is not seen: the hooks' entry, and a thread's first event, which makes its context. `work`: best a call of
/// one function, as it is there twice. Threads: any, signal handlers too: at worst, one event more or less is
/// timed.
template <class Work>
[[gnu::always_inline]] inline auto timedNowAndThen(Work&& work) {
  ThreadContext* const context = existingContext();
  if (context == nullptr || --context->untilTimed != 0) [[likely]]
    return work();
  const EventTimer timer(*context);
  return work();
}

/// Decides when a thread that begins is timed first.
void startTiming(ThreadContext& context, std::uint32_t tid);

/// Measures what an event takes that is only counted (see abi.h), once in a session: there is no room for a
/// clock around each. `line`: as such a thread has it. All that it needs is in the processor's first cache
/// then, which it need not be in the program.
void measureCounting(const heaptap_thread& line);

}  // namespace heaptap::capture
