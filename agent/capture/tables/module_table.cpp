// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/tables/module_table.h"

#include <cstring>

#include "agent/capture/tables/shared_view.h"
#include "agent/capture/tables/text_area.h"

namespace heaptap::capture {
namespace {

std::uint64_t firstBytes(const std::uint8_t* buildId) {
  std::uint64_t word = 0;
  if (buildId != nullptr) std::memcpy(&word, buildId, sizeof word);
  return word;
}

/// Collisions of 64 bits are not expected among some thousand binaries.
class Key {
 public:
  void add(std::uint64_t word) {
    m_value = (m_value ^ word) * 0x9E37'79B9'7F4A'7C15;
    m_value ^= m_value >> 29;
  }
  void add(const void* bytes, std::size_t count) {
    const auto* at = static_cast<const unsigned char*>(bytes);
    for (; count > 0; --count, ++at) m_value = (m_value ^ *at) * 0x100'0000'01B3;
    add(m_value);
  }
  [[nodiscard]] std::uint64_t value() const { return m_value == 0 ? 1 : m_value; }

 private:
  std::uint64_t m_value = 0xCBF2'9CE4'8422'2325;
};

}  // namespace

bool ModuleTable::same(const Loading& loading, const LoadedObject& object) {
  return loading.start == object.start && loading.end == object.end && loading.bias == object.bias &&
         loading.ehFrameHdr == object.ehFrameHdr && firstBytes(loading.buildId) == loading.buildIdStart;
}

bool ModuleTable::read(const Place& place, Loading& loading) {
  const std::uint32_t before = place.version.load(std::memory_order_acquire);
  if (before == 0 || before % 2 != 0) return false;
  std::memcpy(&loading, &place.loading, sizeof loading);
  std::atomic_thread_fence(std::memory_order_acquire);
  return place.version.load(std::memory_order_relaxed) == before;
}

void ModuleTable::write(Place& place, const Loading& loading) {
  std::uint32_t before = place.version.load(std::memory_order_relaxed);
  if (before % 2 != 0 ||
      !place.version.compare_exchange_strong(before, before + 1, std::memory_order_acquire))
    return;  // Another thread, or what this one interrupts, is writing: that will do.
  std::atomic_thread_fence(std::memory_order_release);
  std::memcpy(&place.loading, &loading, sizeof loading);
  place.version.store(before + 2, std::memory_order_release);
}

ModuleTable::Place* ModuleTable::placesOf(const LoadedObject& object) {
  const auto set = static_cast<std::uint32_t>((object.start >> 12) * 0x9E37'79B9'7F4A'7C15 >> 40) % kSets;
  return &m_places[std::size_t{set} * kWays];
}

std::uint32_t ModuleTable::indexOf(const LoadedObject& object, Look look) {
  if (m_header == nullptr) return wire::kNoModule;
  // Before the look: what is found while something is unloaded counts as of before.
  const std::uint32_t generation = m_generation.load(std::memory_order_acquire);
  Place* const set = placesOf(object);
  Place* stale = nullptr;
  Loading known;
  for (std::uint32_t way = 0; way < kWays; ++way) {
    if (!read(set[way], known) || known.start != object.start || !same(known, object)) continue;
    if (known.checked == generation) return known.index;
    stale = &set[way];
    break;
  }
  Loading loading{};
  loading.start = object.start;
  loading.end = object.end;
  loading.bias = object.bias;
  loading.ehFrameHdr = object.ehFrameHdr;
  loading.checked = loading.seen = generation;
  loading.index = identify(object, look, loading, stale != nullptr ? &known : nullptr);
  remember(loading, stale, set);
  return loading.index;
}

void ModuleTable::remember(const Loading& loading, Place* stale, Place* set) {
  Place* place = stale;
  for (std::uint32_t way = 0; way < kWays && place == nullptr; ++way) {
    Loading other;
    const bool isUsed = set[way].version.load(std::memory_order_relaxed) != 0;
    // What lies at the same place is gone.
    if (!isUsed || (read(set[way], other) && other.start == loading.start)) place = &set[way];
  }
  if (place == nullptr) place = &set[m_next.fetch_add(1, std::memory_order_relaxed) % kWays];
  write(*place, loading);
  const auto number = static_cast<std::size_t>(place - m_places);
  m_used[number / 64].fetch_or(1ULL << number % 64, std::memory_order_release);
}

// Whether what has a build id is still what was established before, without asking which file it is.
bool ModuleTable::mayStay(const Loading& stale, const Loading& loading, bool mayAsk) {
  return loading.buildId != nullptr && stale.content == loading.content &&
         (stale.seen == loading.seen || !mayAsk);
}

std::uint32_t ModuleTable::identify(const LoadedObject& object, Look look, Loading& loading,
                                    const Loading* stale) {
  wire::ModuleEntry entry{};
  BuildId buildId = findBuildId(object);
  if (buildId.length > wire::kBuildIdBytes || buildId.length < sizeof(std::uint64_t)) buildId = {};
  loading.buildId = buildId.bytes;
  loading.buildIdStart = firstBytes(buildId.bytes);
  entry.buildIdLength = buildId.length;
  if (buildId.length != 0) std::memcpy(entry.buildId, buildId.bytes, buildId.length);
  entry.firstPage = firstPageOf(object);
  const bool isProgram = *object.path == 0;
  if (isProgram) entry.flags |= wire::kModuleProgram;
  Key content;
  content.add(object.path, std::strlen(object.path));
  content.add(entry.firstPage);
  loading.content = content.value();
  if (stale != nullptr && (isProgram || mayStay(*stale, loading, look.mayAsk))) {
    loading.isProven = stale->isProven;
    return stale->index;
  }
  const ModuleFile file = look.mayAsk ? findModuleFile(object, look.room) : ModuleFile{};
  entry.file = file.identity;
  loading.isProven = buildId.length != 0 || entry.file.isKnown();
  // Its file was removed or replaced while it stayed.
  if (!loading.isProven && stale != nullptr && stale->seen == loading.seen) {
    loading.isProven = stale->isProven;
    return stale->index;
  }
  Key key;
  key.add(loading.content);
  key.add(look.room.text, file.pathBytes);
  key.add(entry.buildId, entry.buildIdLength);
  for (const std::uint64_t word : {entry.file.device, entry.file.inode, entry.file.bytes,
                                   entry.file.modifiedNs, std::uint64_t{entry.flags}})
    key.add(word);
  if (!loading.isProven && !isProgram) key.add(m_loadings.fetch_add(1, std::memory_order_relaxed));
  return registered(key.value(), entry, object, look.room.text, file.pathBytes);
}

std::uint32_t ModuleTable::registered(std::uint64_t key, const wire::ModuleEntry& entry,
                                      const LoadedObject& object, const char* file, std::size_t fileBytes) {
  Known* mine = nullptr;
  // At most half of the buckets are ever used, so an empty one ends the search.
  for (std::uint32_t at = key % kBuckets; mine == nullptr; at = (at + 1) % kBuckets) {
    Known& known = m_known[at];
    std::uint64_t seen = known.key.load(std::memory_order_acquire);
    if (seen == 0) {
      if (m_knownCount.load(std::memory_order_relaxed) >= kBuckets / 2) break;
      if (known.key.compare_exchange_strong(seen, key, std::memory_order_acq_rel)) {
        m_knownCount.fetch_add(1, std::memory_order_relaxed);
        mine = &known;
        break;
      }
    }
    if (seen != key) continue;
    if (const std::uint32_t reference = known.reference.load(std::memory_order_acquire); reference != 0)
      return reference - 1;
    break;  // Another thread, or what this one interrupts, is about to: so there will be two.
  }
  const std::uint32_t index = publish(entry, object, file, fileBytes);
  if (mine != nullptr) mine->reference.store(index + 1, std::memory_order_release);
  return index;
}

std::uint32_t ModuleTable::publish(const wire::ModuleEntry& described, const LoadedObject& object,
                                   const char* file, std::size_t fileBytes) {
  const std::uint32_t capacity = m_header->geometry.moduleCapacity;
  const std::uint32_t index = m_header->moduleCount.fetch_add(1, std::memory_order_relaxed);
  if (index >= capacity) {
    m_header->moduleCount.store(capacity, std::memory_order_relaxed);
    m_header->modulesBeyond.fetch_add(1, std::memory_order_relaxed);
    return wire::kModuleBeyond;
  }
  wire::ModuleEntry& entry = SharedView(m_header).module(index);
  entry.start = object.start;
  entry.end = object.end;
  entry.bias = object.bias;
  entry.buildIdLength = described.buildIdLength;
  std::memcpy(entry.buildId, described.buildId, sizeof entry.buildId);
  entry.flags = described.flags;
  entry.process = m_process;
  entry.file = described.file;
  entry.firstPage = described.firstPage;
  // Where there is no room for the paths, it is known by address and build id only.
  const StoredText path = storeText(m_header, object.path, std::strlen(object.path));
  entry.pathOffset = path.offset;
  entry.pathLength = path.length;
  const StoredText filePath = storeText(m_header, file, fileBytes);
  entry.fileOffset = filePath.offset;
  entry.fileLength = filePath.length;
  entry.complete.store(1, std::memory_order_release);
  return index;
}

void ModuleTable::closed() {
  const std::uint32_t generation = m_generation.fetch_add(1, std::memory_order_acq_rel) + 1;
  for (std::size_t word = 0; word < kSets * kWays / 64; ++word) {
    for (std::uint64_t used = m_used[word].load(std::memory_order_acquire); used != 0; used &= used - 1)
      confirm(m_places[word * 64 + static_cast<unsigned>(__builtin_ctzll(used))], generation);
  }
}

void ModuleTable::confirm(Place& place, std::uint32_t generation) {
  Loading loading;
  LoadedObject object;
  if (!read(place, loading) || loading.seen != generation - 1) return;
  if (!findLoadedObject(loading.start, object) || object.start != loading.start || !same(loading, object))
    return;
  loading.seen = generation;
  // Without a build id, another binary may have come to lie there since: that is for its file to tell.
  if (loading.buildId != nullptr && loading.checked == generation - 1) loading.checked = generation;
  write(place, loading);
}

void ModuleTable::addAgentRange(std::uint64_t start, std::uint64_t end) {
  const std::uint32_t i = m_agentRanges.load(std::memory_order_relaxed);
  if (i == kAgentRanges) return;
  m_agentStart[i] = start;
  m_agentEnd[i] = end;
  m_agentRanges.store(i + 1, std::memory_order_release);
}

bool ModuleTable::isAgent(const LoadedObject& object) const {
  const std::uint32_t ranges = m_agentRanges.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < ranges; ++i) {
    if (object.start >= m_agentStart[i] && object.start < m_agentEnd[i]) return true;
  }
  return false;
}

}  // namespace heaptap::capture
