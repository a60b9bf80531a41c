// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/landmark.h"

#include "agent/capture/record/connection.h"
#include "agent/capture/system/kernel.h"

namespace heaptap::capture {
namespace {

// More than lies between an allocator's entry and what it calls, or between a hook and a handler on top of
// it.
constexpr std::uint64_t kFarthest = 1ULL << 20;

std::uint64_t wordAt(std::uint64_t address) {
  return *reinterpret_cast<const volatile std::uint64_t*>(address);
}

// Whether all pages from the one that holds `low`, which the thread is using, up to `high` may be read.
bool inOnePiece(std::uint64_t low, std::uint64_t high, const OwnStack& own) {
  const std::uint64_t last = OwnStack::pageOf(high);
  std::uint64_t page = OwnStack::pageOf(low);
  if (page != last && !own.mayAsk()) return false;
  while (page != last)
    if (page += OwnStack::kPage; !own.isReadable(page)) return false;
  return true;
}

}  // namespace

Presence presenceOf(const Landmark& landmark, std::uint64_t here, OwnStack& own) {
  if (landmark.at == here) return Presence::Gone;  // There is another one in its place.
  const bool isKnown = own.contains(landmark.at);
  if (!isKnown && !own.mayAsk()) return Presence::Perhaps;
  std::uint64_t word = 0;
  if (isKnown)
    word = wordAt(landmark.at);
  else if (!kernel::readWord(g_connection.processId, landmark.at, word))
    return Presence::Gone;
  if (word != landmark.word) return Presence::Gone;
  const bool isDeeper = here < landmark.at;
  const bool areOwn = own.reaches(here) && own.reaches(landmark.at);
  if (areOwn && isDeeper) return Presence::Perhaps;
  if (!own.mayAsk()) return Presence::Perhaps;
  const kernel::SignalStack signals = kernel::signalStack();
  if (signals == kernel::SignalStack::InUse) return Presence::Perhaps;
  // Its own stack shrinks only by returning, or by a jump. Without a signal stack the thread may still be on
  // one, which lies in a frame further out: the kernel takes it away meanwhile if asked to.
  if (areOwn) return signals == kernel::SignalStack::Unused ? Presence::Gone : Presence::Elsewhere;
  return isDeeper && landmark.at - here < kFarthest ? Presence::Perhaps : Presence::Elsewhere;
}

bool isBeneath(const Landmark& landmark, std::uint64_t used, OwnStack& own) {
  if (landmark.at <= used) return false;
  if (!own.contains(landmark.at) || !own.reaches(used)) {
    if (landmark.at - used > kFarthest || !inOnePiece(used, landmark.at, own)) return false;
  }
  return wordAt(landmark.at) == landmark.word;
}

}  // namespace heaptap::capture
