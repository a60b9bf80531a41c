// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/system/own_stack.h"

namespace heaptap::capture {

/// A word that a frame keeps at a place on its stack for as long as it lives. What a thread remembers of a
/// function that it is in must not outlive that function's frame, which a jump (longjmp, an exception,
/// cancellation, another context) may leave without a word.
struct Landmark {
  std::uint64_t at = 0;
  std::uint64_t word = 0;
};

/// Whether the frame is still there.
enum class Presence : std::uint8_t {
  Gone,       ///< Certainly not: it was left, or its stack is no more.
  Perhaps,    ///< The thread may well be in a function that the frame has called, or in a signal handler.
  Elsewhere,  ///< The thread is not in it now, but perhaps comes back to it: a handler may switch stacks.
};

/// Judges `landmark` from `here`, a place in a frame of the calling thread that runs now.
/// Threads: any; a few system calls at most, none where the thread has none.
Presence presenceOf(const Landmark& landmark, std::uint64_t here, OwnStack& own);

/// Whether `landmark` lies further out on the stack that the thread is on, in one piece with it, and still
/// holds its word. `used`: a place on that stack which is in use. Reads nothing that is not known to be
/// there. For what a call is on behalf of.
bool isBeneath(const Landmark& landmark, std::uint64_t used, OwnStack& own);

}  // namespace heaptap::capture
