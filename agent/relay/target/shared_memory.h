// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/relay/target/relay_alive.h"
#include "agent/wire/geometry.h"
#include "agent/wire/layout.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::relay {

/// The relay's side of the memory that it shares with one program image and what that forks
/// (agent/wire/layout.h). Everything in it may be overwritten by the target at any time: the accessors check
/// references against a private copy of the geometry and hand out null for what does not exist.
class SharedMemory {
 public:
  struct Options {
    wire::Capacity capacity;
    wire::ClockMode clock = wire::ClockMode::Monotonic;
    std::uint32_t maxStallMs =
        250;                  ///< Longest wait of a target's thread since the relay last made progress.
    bool exact = false;       ///< Wait without limit instead.
    bool children = true;     ///< Record forked children too.
    bool freeStacks = false;  ///< Take the stack of every free.
    std::uint64_t sampleInterval = 0;  ///< Bytes between samples on average; 0: record every allocation.
    bool mappings = false;             ///< Record memory mappings, too.
  };

  /// Creates, maps and seals the memory, with all chunks in the free list. Takes a few milliseconds; most of
  /// the pool is not yet backed by pages (backNextSlice).
  static Result<std::unique_ptr<SharedMemory>> create(const Options& options);
  /// What a program has written to a file that holds such a memory from `offset` on. Changes stay in this
  /// process. The file must be long enough, and stay so: reading behind its end raises SIGBUS.
  static Result<std::unique_ptr<SharedMemory>> ofFile(UniqueFd file, std::uint64_t offset,
                                                      const wire::Capacity& capacity);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  /// Lets allocations be sampled. Before the descriptor is handed out.
  void sample(std::uint64_t interval);
  /// Sets session time 0 to now. Before the descriptor is handed out.
  void startClock();
  /// Lets threads that stamp several events by one reading read the clock again. At each look.
  void tick();
  /// Gives pages to the part of the pool that will be used next, so that the target's first writes need not
  /// wait for the kernel. The free list is a stack, so a target that needs few chunks always uses the same.
  void backAhead();

  /// Returns true when the header says what it must. Not known of a memory that another process has made.
  [[nodiscard]] bool isSound() const;
  [[nodiscard]] int descriptor() const { return m_fd.get(); }
  [[nodiscard]] const wire::Geometry& geometry() const { return m_geometry; }
  [[nodiscard]] wire::ClockMode clockMode() const { return m_options.clock; }
  [[nodiscard]] std::uint64_t clockBase() const { return m_clockBase; }
  [[nodiscard]] bool followsChildren() const { return m_options.children; }
  [[nodiscard]] wire::Header& header() const { return *static_cast<wire::Header*>(m_base); }

  /// Null when there is no such thing.
  [[nodiscard]] wire::ChunkHeader* chunk(std::uint32_t reference) const {
    if (reference - 1 >= m_geometry.chunkCount) return nullptr;
    return at<wire::ChunkHeader>(m_geometry.chunks + std::uint64_t{reference - 1} * wire::kChunkBytes);
  }
  [[nodiscard]] wire::ThreadSlot* slot(std::uint32_t index) const {
    return element<wire::ThreadSlot>(m_geometry.threads, index, m_geometry.threadCapacity);
  }
  [[nodiscard]] wire::ProcessSlot* process(std::uint32_t index) const {
    return element<wire::ProcessSlot>(m_geometry.processes, index, m_geometry.processCapacity);
  }
  [[nodiscard]] wire::FrameEntry* frame(std::uint32_t id) const {
    return element<wire::FrameEntry>(m_geometry.frames.entries, id, m_geometry.frames.capacity);
  }
  [[nodiscard]] wire::NodeEntry* node(std::uint32_t id) const {
    return element<wire::NodeEntry>(m_geometry.nodes.entries, id, m_geometry.nodes.capacity);
  }
  [[nodiscard]] wire::ModuleEntry* module(std::uint32_t index) const {
    return element<wire::ModuleEntry>(m_geometry.modules, index, m_geometry.moduleCapacity);
  }
  [[nodiscard]] wire::HeapEntry* heap(std::uint32_t index) const {
    return element<wire::HeapEntry>(m_geometry.heaps, index, m_geometry.heapCapacity);
  }
  /// Empty when the range leaves the text area.
  [[nodiscard]] std::span<const char> text(std::uint32_t offset, std::uint32_t length) const;

  /// Returns true when less than half of the pool is left.
  [[nodiscard]] bool isShortOfRoom() const { return freeChunks() < m_geometry.chunkCount / 2; }
  /// Gives a chunk back to the pool and lets waiting threads go on. The chunk must exist.
  void returnChunk(std::uint32_t reference);
  /// What the owner of a slot calls itself. The slot must exist.
  [[nodiscard]] std::string threadName(std::uint32_t slot) const;
  /// Tells a thread, and those that its process has not yet made, what they must do without (wire::kNo…). The
  /// slot must exist.
  void restrict(std::uint32_t slot, std::uint32_t process, std::uint32_t what);
  /// Makes a slot free again that was claimed with the (odd) number `claim`. The slot must exist.
  void returnSlot(std::uint32_t index, std::uint32_t claim);

  // Threads: any, for these four.
  void pause();
  void resume();
  void stop();
  [[nodiscard]] bool keepsFreeStacks() const { return m_options.freeStacks; }
  [[nodiscard]] std::uint64_t sampleInterval() const { return m_options.sampleInterval; }
  /// Was recording ever paused, by the relay or by the target itself? Threads: any.
  [[nodiscard]] bool hasEverPaused() const {
    return m_everPaused.load(std::memory_order_acquire) ||
           (header().control.load(std::memory_order_acquire) & wire::kControlEverPaused) != 0;
  }
  /// Has the target ever allocated what is not recorded: in a pause, by the relay or by the target itself, or
  /// in libraries that look past heaptap's malloc? Then frees of unknown blocks are no finding.
  [[nodiscard]] bool hasUnrecorded() const {
    constexpr std::uint32_t kUnrecorded = wire::kControlEverPaused | wire::kControlLookedPast;
    return m_everPaused.load(std::memory_order_acquire) ||
           (header().control.load(std::memory_order_acquire) & kUnrecorded) != 0;
  }

 private:
  SharedMemory(const Options& options, UniqueFd fd, void* base, const wire::Geometry& geometry);
  void fillHeader();
  [[nodiscard]] std::uint32_t freeChunks() const {
    const std::uint32_t count =
        wire::FreeList::count(header().freeChunks.head.load(std::memory_order_relaxed));
    return count < m_geometry.chunkCount ? count : m_geometry.chunkCount;
  }

  template <class T>
  [[nodiscard]] T* at(std::uint64_t offset) const {
    return reinterpret_cast<T*>(static_cast<char*>(m_base) + offset);
  }
  template <class T>
  [[nodiscard]] T* element(std::uint64_t offset, std::uint32_t index, std::uint32_t count) const {
    return index < count ? at<T>(offset + std::uint64_t{index} * sizeof(T)) : nullptr;
  }

  Options m_options;
  UniqueFd m_fd;
  void* m_base;
  wire::Geometry m_geometry;
  std::uint64_t m_clockBase = 0;
  std::uint64_t m_backed = 0;  ///< Bytes of the pool that have pages.
  std::atomic<bool> m_everPaused{false};
  std::unique_ptr<RelayAlive> m_alive;
};

}  // namespace heaptap::relay
