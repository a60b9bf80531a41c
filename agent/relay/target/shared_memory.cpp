// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/shared_memory.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <new>

#include "agent/relay/target/session_clock.h"
#include "agent/wire/initial_state.h"

namespace heaptap::relay {
namespace {

// What of the pool has pages before it is used: twice what is in use, within these bounds. Most processes of
// a build or a shell write a few chunks, and to clear megabytes for each would be much of what it costs to
// record them.
constexpr std::uint64_t kLeastAhead = 512 << 10;
constexpr std::uint64_t kMostAhead = 8 << 20;
constexpr std::uint64_t kMostAtOnce = 4 << 20;

/// Pushes on one of the header's lists. Gives up when the head never holds still: then the target is
/// writing over it, and loses what would have been returned. `linkTo`: what `link` keeps of a reference.
template <class LinkTo>
void push(wire::FreeList& list, std::uint32_t reference, std::uint32_t& link, LinkTo&& linkTo) {
  std::uint64_t head = list.head.load(std::memory_order_relaxed);
  for (int attempt = 0; attempt < 100'000; ++attempt) {
    __atomic_store_n(&link, linkTo(wire::FreeList::reference(head)), __ATOMIC_RELAXED);
    const std::uint64_t next =
        wire::FreeList::pack(wire::FreeList::tag(head) + 1, wire::FreeList::count(head) + 1U, reference);
    if (list.head.compare_exchange_weak(head, next, std::memory_order_release, std::memory_order_relaxed))
      return;
  }
}

void wakeAll(std::atomic<std::uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace

Result<std::unique_ptr<SharedMemory>> SharedMemory::create(const Options& options) {
  const wire::Geometry geometry = wire::geometryFor(options.capacity);
  UniqueFd fd(memfd_create("heaptap", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return systemFailure(Code::Internal, "memfd", "cannot create the memory shared with the target");
  if (ftruncate(fd.get(), static_cast<off_t>(geometry.totalBytes)) != 0)
    return systemFailure(Code::Internal, "memfd", "cannot reserve the memory shared with the target",
                         "raise `ulimit -f`");
  void* const base =
      mmap(nullptr, geometry.totalBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
  if (base == MAP_FAILED)
    return systemFailure(Code::Internal, "memfd", "cannot map the memory shared with the target",
                         "raise `ulimit -v`");
  // The constructor takes over the mapping, so that every way out of here unmaps it.
  std::unique_ptr<SharedMemory> memory(new SharedMemory(options, std::move(fd), base, geometry));
  memory->fillHeader();
  memory->backAhead();
  if (fcntl(memory->descriptor(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return systemFailure(Code::Internal, "memfd", "cannot seal the memory shared with the target");
  return memory;
}

Result<std::unique_ptr<SharedMemory>> SharedMemory::ofFile(UniqueFd file, std::uint64_t offset,
                                                           const wire::Capacity& capacity) {
  const wire::Geometry geometry = wire::geometryFor(capacity);
  void* const base = mmap(nullptr, geometry.totalBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE,
                          file.get(), static_cast<off_t>(offset));
  if (base == MAP_FAILED)
    return systemFailure(Code::Internal, "buffer", "cannot map the file", "raise `ulimit -v`");
  // The process that wrote it says how; isSound() looks at the rest.
  const std::uint64_t interval = static_cast<const wire::Header*>(base)->sampleInterval;
  const Options options{.capacity = capacity, .sampleInterval = std::min(interval, wire::kMaxSampleInterval)};
  return std::unique_ptr<SharedMemory>(new SharedMemory(options, std::move(file), base, geometry));
}

bool SharedMemory::isSound() const {
  const wire::Header& h = header();
  return h.magic == wire::kMagic && h.layoutVersion == wire::kLayoutVersion &&
         h.headerBytes == sizeof(wire::Header) && h.clockMode == m_options.clock &&
         std::memcmp(&h.geometry, &m_geometry, sizeof m_geometry) == 0;
}

SharedMemory::SharedMemory(const Options& options, UniqueFd fd, void* base, const wire::Geometry& geometry)
    : m_options(options), m_fd(std::move(fd)), m_base(base), m_geometry(geometry) {}

SharedMemory::~SharedMemory() {
  m_alive.reset();  // First: its thread owns a mutex in the mapping.
  munmap(m_base, m_geometry.totalBytes);
}

void SharedMemory::fillHeader() {
  wire::fillInitialState(m_base, m_geometry);
  auto& h = header();
  h.clockMode = m_options.clock;
  h.maxStallMs = m_options.maxStallMs;
  h.sampleInterval = m_options.sampleInterval;
  h.control.store((m_options.exact ? wire::kControlExact : 0) |
                      (m_options.children ? 0 : wire::kControlNoChildren) |
                      (m_options.freeStacks ? wire::kControlFreeStacks : 0) |
                      (m_options.mappings ? wire::kControlMappings : 0),
                  std::memory_order_relaxed);
  m_alive = std::make_unique<RelayAlive>(h);
  startClock();
}

void SharedMemory::sample(std::uint64_t interval) {
  m_options.sampleInterval = interval;
  header().sampleInterval = interval;
}

void SharedMemory::startClock() {
  m_clockBase = ticksNow(m_options.clock);
  header().clockBase = m_clockBase;
}

void SharedMemory::tick() {
  // Samples are few, and each takes a stack: there is nothing to gain.
  if (m_options.sampleInterval == 0) header().tick.fetch_add(1, std::memory_order_relaxed);
}

void SharedMemory::backAhead() {
  const std::uint64_t pool = std::uint64_t{m_geometry.chunkCount} * wire::kChunkBytes;
  const std::uint64_t used = pool - std::uint64_t{freeChunks()} * wire::kChunkBytes;
  const std::uint64_t wanted = std::min(pool, used + std::clamp(2 * used, kLeastAhead, kMostAhead));
  if (m_backed >= wanted) return;
  const std::uint64_t bytes = std::min(kMostAtOnce, wanted - m_backed);
  // Unlike writing to the pages, fallocate cannot disturb what the target has written meanwhile, and it
  // reports a lack of memory instead of raising SIGBUS. Failure is no reason to stop: pages then come one
  // by one.
  const int failed =
      fallocate(m_fd.get(), 0, static_cast<off_t>(m_geometry.chunks + m_backed), static_cast<off_t>(bytes));
  m_backed = failed != 0 ? pool : m_backed + bytes;
}

std::span<const char> SharedMemory::text(std::uint32_t offset, std::uint32_t length) const {
  if (std::uint64_t{offset} + length > m_geometry.textBytes) return {};
  return {at<const char>(m_geometry.text + offset), length};
}

void SharedMemory::returnChunk(std::uint32_t reference) {
  wire::ChunkHeader& c = *chunk(reference);
  c.published.store(0, std::memory_order_relaxed);
  c.next.store(wire::kNoChunk, std::memory_order_relaxed);
  push(header().freeChunks, reference, c.nextFree,
       [reference](std::uint32_t next) { return wire::linkTo(next, reference); });
  // Sequentially consistent on both sides: either a thread about to sleep sees the new count, or what it has
  // left in `waiters` is seen here.
  header().progress.fetch_add(1, std::memory_order_seq_cst);
  if (header().waiters.load(std::memory_order_relaxed) != 0 &&
      header().waiters.exchange(0, std::memory_order_seq_cst) != 0)
    wakeAll(header().progress);
}

void SharedMemory::returnSlot(std::uint32_t index, std::uint32_t claim) {
  wire::ThreadSlot& s = *slot(index);
  for (auto& first : s.firstChunk) first.store(wire::kNoChunk, std::memory_order_relaxed);
  const auto clear = [](auto& counters) {
    for (auto* counter : {&counters.allocations, &counters.bytes, &counters.frees})
      counter->store(0, std::memory_order_relaxed);
  };
  for (auto& dropped : s.dropped) clear(dropped);
  clear(s.exact);
  s.ownTicks.store(0, std::memory_order_relaxed);
  s.timed.store(0, std::memory_order_relaxed);
  s.restrictions.store(0, std::memory_order_relaxed);
  s.claim.store(claim + 1, std::memory_order_release);
  push(header().freeSlots, index + 1, s.nextFree, [](std::uint32_t next) { return next; });
}

std::string SharedMemory::threadName(std::uint32_t index) const {
  const wire::ThreadSlot& s = *slot(index);
  const std::uint64_t words[] = {s.name[0].load(std::memory_order_relaxed),
                                 s.name[1].load(std::memory_order_relaxed)};
  std::array<char, sizeof words> text{};
  std::memcpy(text.data(), words, sizeof words);
  return {text.data(), strnlen(text.data(), text.size())};
}

void SharedMemory::restrict(std::uint32_t slotIndex, std::uint32_t processIndex, std::uint32_t what) {
  slot(slotIndex)->restrictions.fetch_or(what, std::memory_order_relaxed);
  // A thread without a clock is in strict mode, and makes no others.
  wire::ProcessSlot* const owner = process(processIndex);
  if (owner != nullptr && (what & wire::kNoTimeStamp) == 0)
    owner->restrictions.fetch_or(what, std::memory_order_relaxed);
  header().control.fetch_or(wire::kControlRestricted, std::memory_order_release);
}

void SharedMemory::pause() {
  m_everPaused.store(true, std::memory_order_release);
  header().control.fetch_or(wire::kControlPaused, std::memory_order_release);
}

void SharedMemory::resume() { header().control.fetch_and(~wire::kControlPaused, std::memory_order_release); }

void SharedMemory::stop() {
  header().control.fetch_or(wire::kControlStopped, std::memory_order_release);
  // Threads that wait for room must not sit out their time.
  header().progress.fetch_add(1, std::memory_order_seq_cst);
  wakeAll(header().progress);
}

}  // namespace heaptap::relay
