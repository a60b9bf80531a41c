// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/lane.h"

#include "agent/capture/record/block_tags.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/sampled_blocks.h"

namespace heaptap::capture {
namespace {

// Of one thread at once: more than handlers nest, and each costs a slot.
constexpr unsigned kMostContexts = 8;

void restoreTag(std::uint64_t address, BlockTags::Tag tag) {
  if (g_connection.sampleInterval != 0)
    g_samples.add(address, tag);
  else
    g_tags.restore(address, tag);
}

}  // namespace

// Makes a lane usable again whose holder is gone: its stream and its memo are then as after an event. False:
// it stays taken, or is retired.
bool Lane::reclaim(ThreadContext& context, std::uint32_t number, Presence presence) const {
  if (presence != Presence::Gone) return false;
  if (!context.streams[number].recover()) {
    context.holders[number].store(kRetired, std::memory_order_relaxed);
    return false;
  }
  context.walkers[number].memo.forgetFrom(0);
  context.stamps.forget();
  context.stall = {};
  return true;
}

bool Lane::takeIn(ThreadContext& context) {
  for (std::uint32_t number = 0; number < wire::kStreamsPerThread; ++number) {
    const std::uint64_t holder = context.holders[number].load(std::memory_order_relaxed);
    if (holder == kRetired) return false;
    if (holder != 0) {
      const Presence presence = presenceOf(landmarkOf(holder), here(), m_context->own);
      if (presence == Presence::Elsewhere) return false;
      if (!reclaim(context, number, presence)) continue;
    }
    hold(number);
    return true;
  }
  return false;
}

// In another of the thread's contexts, which the thread then goes on with.
bool Lane::takeBeside() {
  ThreadContext& before = *m_context;
  unsigned contexts = 1;
  for (ThreadContext* other = before.next; other != &before; other = other->next, ++contexts) {
    const std::uint64_t holder = other->holders[0].load(std::memory_order_relaxed);
    if (holder == kRetired) continue;
    if (holder != 0 && !reclaim(*other, 0, presenceOf(landmarkOf(holder), here(), before.own))) continue;
    m_context = other;
    hold(0);
    switchContext(before, *other);
    return true;
  }
  ThreadContext* const made = contexts < kMostContexts ? makeContext(&before, &m_unusable) : nullptr;
  if (made == nullptr) return false;
  m_context = made;
  hold(0);
  switchContext(before, *made);
  return true;
}

void Lane::takeAnother(For purpose) {
  if (!takeIn(*m_context) && !takeBeside()) return;
  if (purpose == For::Event) closeAbandoned();
}

// A realloc that was left before its end: the relay learns that the block is where it was, which is so
// unless another one has got its address. Of an unmapping nothing more need be said.
void Lane::closeAbandoned() const {
  OpenCalls& open = m_context->open;
  while (open.count != 0) {
    const std::uint32_t level = open.count - 1;
    const OpenCalls::Call call = open.calls[level];
    if (call.lane != m_number || presenceOf(call.frame, here(), m_context->own) != Presence::Gone) return;
    open.endFrom(level);
    if (call.kind == OpenCalls::Kind::Realloc) {
      restoreTag(call.address, call.tag);
      writeRare(wire::RareKind::ReallocFailed, level, 0);
    }
    if (call.kind == OpenCalls::Kind::Move) {
      const std::uint64_t words[] = {
          wire::headWord(now(), level, wire::EventKind::Map), wire::addressWord(0, wire::Origin::Mremap, 0),
          wire::stackWord(0, static_cast<unsigned>(wire::MapChange::Failed), 0), 0};
      write(true, words);
    }
  }
}

}  // namespace heaptap::capture
