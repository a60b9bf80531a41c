// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/allocating_threads.h"

#include <algorithm>
#include <limits>

namespace heaptap::replay {
namespace {

/// Its room, too.
template <class T>
void release(std::vector<T>& table) {
  std::vector<T>().swap(table);
}

}  // namespace

std::size_t AllocatingThreads::Chunk::bytes() const {
  return sizeof(*this) + narrow.capacity() + 4 * (palette.capacity() + wide.capacity()) +
         sizeof(Few) * few.capacity();
}

void AllocatingThreads::Chunk::widen() {
  wide.assign(kNumbers, 0);
  for (std::size_t i = 0; i < narrow.size(); ++i)
    if (narrow[i] != kNone) wide[i] = palette[narrow[i] - 1U] + 1;
  release(narrow);
  release(palette);
}

void AllocatingThreads::Chunk::shrink() {
  few.reserve(live);
  for (std::size_t i = 0; i < kNumbers; ++i) {
    if (!narrow.empty() && narrow[i] != kNone)
      few.push_back({.at = static_cast<std::uint16_t>(i), .thread = palette[narrow[i] - 1U]});
    if (!wide.empty() && wide[i] != 0)
      few.push_back({.at = static_cast<std::uint16_t>(i), .thread = wide[i] - 1});
  }
  release(narrow);
  release(palette);
  release(wide);
}

template <class Change>
void AllocatingThreads::changing(Chunk& chunk, const Change& change) {
  m_bytes -= chunk.bytes();
  change();
  m_bytes += chunk.bytes();
}

void AllocatingThreads::closeNewest() {
  const auto newest = m_chunks.find(m_newest);
  if (newest == m_chunks.end()) return;
  Chunk& chunk = newest->second;
  if (chunk.live == 0) {
    m_bytes -= chunk.bytes();
    m_chunks.erase(newest);
  } else if (chunk.live <= kFewLive) {
    changing(chunk, [&] { chunk.shrink(); });
  }
}

void AllocatingThreads::beginChunk(std::uint64_t id) {
  closeNewest();
  m_newest = id;
  Chunk& chunk = m_chunks[id];
  m_bytes += chunk.bytes();
  changing(chunk, [&] { chunk.narrow.resize(kNumbers, kNone); });
  m_grown = &chunk;
}

void AllocatingThreads::add(std::uint64_t number, model::ThreadIndex thread) {
  if (m_grown == nullptr || number / kNumbers != m_newest) beginChunk(number / kNumbers);
  Chunk& chunk = *m_grown;
  ++chunk.live;
  add(chunk, number % kNumbers, static_cast<std::uint32_t>(thread));
}

void AllocatingThreads::add(Chunk& chunk, std::size_t at, std::uint32_t thread) {
  if (chunk.wide.empty()) {
    const auto begin = chunk.palette.begin(), end = chunk.palette.end();
    const auto place = static_cast<std::size_t>(std::find(begin, end, thread) - begin);
    if (place == chunk.palette.size() && place < std::numeric_limits<std::uint8_t>::max())
      changing(chunk, [&] { chunk.palette.push_back(thread); });
    if (place < chunk.palette.size()) {
      chunk.narrow[at] = static_cast<std::uint8_t>(place + 1);
      return;
    }
    changing(chunk, [&] { chunk.widen(); });
  }
  chunk.wide[at] = thread + 1;
}

std::optional<model::ThreadIndex> AllocatingThreads::take(std::uint64_t number) {
  const std::uint64_t id = number / kNumbers;
  const auto found = m_chunks.find(id);
  if (found == m_chunks.end()) return std::nullopt;
  Chunk& chunk = found->second;
  const auto thread = take(chunk, number % kNumbers);
  if (!thread) return std::nullopt;
  --chunk.live;
  if (id != m_newest) {
    if (chunk.live == 0) {
      m_bytes -= chunk.bytes();
      m_chunks.erase(found);
    } else if (chunk.live == kFewLive && chunk.few.empty()) {
      changing(chunk, [&] { chunk.shrink(); });
    }
  }
  return static_cast<model::ThreadIndex>(*thread);
}

std::optional<std::uint32_t> AllocatingThreads::take(Chunk& chunk, std::size_t at) {
  std::uint32_t thread = 0;
  if (!chunk.narrow.empty()) {
    if (chunk.narrow[at] == kNone) return std::nullopt;
    thread = chunk.palette[chunk.narrow[at] - 1U];
    chunk.narrow[at] = kNone;
  } else if (!chunk.wide.empty()) {
    if (chunk.wide[at] == 0) return std::nullopt;
    thread = chunk.wide[at] - 1;
    chunk.wide[at] = 0;
  } else {
    const auto found = std::lower_bound(chunk.few.begin(), chunk.few.end(), at,
                                        [](const Few& few, std::size_t place) { return few.at < place; });
    if (found == chunk.few.end() || found->at != at) return std::nullopt;
    thread = found->thread;
    chunk.few.erase(found);
  }
  return thread;
}

}  // namespace heaptap::replay
