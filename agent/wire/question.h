// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

/// A question that a program has about its own heap (heaptap_span_leaks), and the relay's answer. Part of the
/// layout (layout.h).
namespace heaptap::wire {

inline constexpr std::size_t kMaxAnswerText = 16 * 1024;
inline constexpr std::uint32_t kAskLive = 1;  ///< All live blocks; else those that nothing points to.

/// The one question of all processes that share the memory.
///
/// A thread takes `asker`, writes what it asks, takes the next number, and writes an event of
/// RareKind::Question with that number. The relay answers in the order of events, writes the answer, then
/// `answered`, which is also the futex that the asker sleeps on. An answer to a number that is not the last
/// one is never written.
struct Question {
  std::atomic<std::uint32_t> asker;     ///< The thread that owns what follows; 0: none.
  std::atomic<std::uint32_t> number;    ///< Of the last question; counts from 1.
  std::atomic<std::uint32_t> answered;  ///< Number of the question that the answer is to (release).
  std::uint32_t span;                   ///< What is asked about, …
  std::uint32_t what;                   ///< … and what of it: kAskLive, or anything else.
  std::uint64_t stack;                  ///< From here upwards the asking thread's stack is in use.

  std::uint32_t status;  ///< enum heaptap_leaks_status of heaptap.h.
  std::uint32_t textBytes;
  std::uint64_t blocks;
  std::uint64_t bytes;
  char text[kMaxAnswerText];  ///< As struct heaptap_leaks has it; without an end.
};

}  // namespace heaptap::wire
