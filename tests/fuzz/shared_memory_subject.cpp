// SPDX-License-Identifier: Apache-2.0
//
// An input is a list of writes into the memory that a target shares with its relay: {where, what} of eight
// bytes each, the first bits of where for the part of the memory that is meant. Between them the relay reads.
#include <unistd.h>

#include <cstring>

#include "tests/agent/relay/drained_target.h"
#include "tests/fuzz/subject.h"

namespace heaptap::fuzz {
namespace {

using relay::test::DrainedTarget;
using relay::test::StreamWriter;

struct Write {
  std::uint64_t where;
  std::uint64_t what;
};

/// Offset in the memory: the header, a thread's slot, a chunk, a process's slot, or anywhere.
std::uint64_t placeOf(const wire::Geometry& geometry, std::uint64_t where) {
  const std::uint64_t rest = where >> 3;
  const auto in = [&](std::uint64_t base, std::uint64_t bytes) { return base + rest % bytes / 8 * 8; };
  switch (where % 8) {
    case 0: return in(0, sizeof(wire::Header));
    case 1:
    case 2: return in(geometry.threads, std::uint64_t{geometry.threadCapacity} * sizeof(wire::ThreadSlot));
    case 3:
    case 4: return in(geometry.chunks, std::uint64_t{4} * wire::kChunkBytes);
    case 5: return in(geometry.processes, 8 * sizeof(wire::ProcessSlot));
    default: return in(0, geometry.totalBytes);
  }
}

Verdict read(std::span<const std::uint8_t> input) {
  DrainedTarget target;
  StreamWriter bad(*target.memory, 1U << 30);
  StreamWriter good(*target.memory, static_cast<std::uint32_t>(getpid()));
  for (std::uint64_t i = 0; i < 20; ++i)
    bad.alloc(i, 0x1000 + i * 16, 8, static_cast<std::uint32_t>(i * 7919));
  good.alloc(20, 0x8000, 8);
  auto* const base = reinterpret_cast<unsigned char*>(&target.memory->header());
  const wire::Geometry geometry = target.memory->geometry();
  for (std::size_t at = 0; at + sizeof(Write) <= input.size() && at < 64 * sizeof(Write);
       at += sizeof(Write)) {
    Write write{};
    std::memcpy(&write, input.data() + at, sizeof write);
    unsigned char* const place = base + placeOf(geometry, write.where);
    // Never the futex word of the relay's own mutex, which sleeping threads of this process use.
    if (place == reinterpret_cast<unsigned char*>(&target.memory->header().relayAlive)) continue;
    std::memcpy(place, &write.what, sizeof write.what);
    if (at / sizeof(Write) % 8 == 7) target.poll();
  }
  for (int i = 0; i < 3; ++i) target.poll();
  target.finish();
  return target.session.counters.broken_streams() == 0 ? Verdict::Taken : Verdict::Refused;
}

Bytes writes(std::initializer_list<Write> list) {
  Bytes bytes(list.size() * sizeof(Write));
  std::memcpy(bytes.data(), std::data(list), bytes.size());
  return bytes;
}

std::vector<Bytes> seeds() {
  std::mt19937_64 random(5);
  std::vector<Bytes> all{writes({{0, 0}}), writes({{1, 3}, {9, 17}}),
                         writes({{3, 0xFFFF'FFFF}, {11, 27}, {19, 8}})};
  for (int i = 0; i < 8; ++i) {
    Bytes many;
    for (int j = 0; j < 24; ++j) {
      const Bytes one = writes({{random(), j % 3 == 0 ? random() : random() % 64}});
      many.insert(many.end(), one.begin(), one.end());
    }
    all.push_back(std::move(many));
  }
  return all;
}

}  // namespace

Subject sharedMemorySubject() { return {"sharedMemory", seeds, read, 400}; }

}  // namespace heaptap::fuzz
