// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap::test {

/// Plays a program and its relay: what it "does" becomes the messages that a relay would send.
///   RecordedProgram program;
///   const auto parse = program.stack({"parse", "main"});
///   const auto block = program.allocate(128, parse);
///   program.free(block);
///   for (const auto& message : program.messages()) …
class RecordedProgram {
 public:
  using Block = std::uint64_t;  ///< Number of the allocation.

  /// Defines one thread, so that simple programs need not.
  RecordedProgram();

  v1::Hello hello() const { return m_hello; }
  v1::Hello& hello() { return m_hello; }

  std::uint32_t thread(const std::string& name);
  /// A frame in /usr/bin/program with a symbol of that name; `flags` as v1::FrameFlag. malloc, calloc,
  /// realloc and operators new and delete are the allocator's.
  std::uint32_t frame(const std::string& function, std::uint32_t flags = 0);
  /// Innermost first, as a debugger shows it.
  std::uint32_t stack(const std::vector<std::string>& functions);
  std::uint32_t stackOf(const std::vector<std::uint32_t>& frames);

  /// Events happen at `now()`, on the thread chosen last by on().
  Block allocate(std::uint64_t size, std::uint32_t stack, v1::Origin origin = v1::ORIGIN_MALLOC);
  /// In a heap beside malloc's.
  Block allocateIn(std::uint32_t heap, std::uint64_t size, std::uint32_t stack);
  /// A heap that the program names. Returns: its id.
  std::uint32_t heap(const std::string& name);
  void free(Block block);
  RecordedProgram& at(std::uint64_t ns);
  RecordedProgram& on(std::uint32_t thread);

  /// Ends the current batch and sends it, after what it needs to be defined.
  void flush();
  /// The live blocks, after a flush, in parts of so many.
  void keyframe(std::uint32_t blocksInPart = 1000);
  void send(v1::RecordRequest message);
  void exit(int status);

  /// Everything sent so far, numbered from 1.
  std::vector<v1::RecordRequest> messages();

 private:
  struct Live {
    std::uint32_t pair;
    std::uint64_t bornNs;
    std::uint64_t address;
    bool isFreed = false;
  };
  void event(bool isFree);

  v1::Hello m_hello;
  std::vector<v1::RecordRequest> m_messages;
  v1::Threads m_threads;
  v1::Modules m_modules;
  v1::Frames m_frames;
  v1::StackNodes m_nodes;
  v1::Heaps m_heaps;
  v1::Pairs m_pairs;
  v1::Symbols m_symbols;
  v1::UnpackedEventBatch m_batch;
  std::map<std::string, std::uint32_t> m_frameIds;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> m_stackIds;
  std::map<std::tuple<std::uint64_t, std::uint32_t, int, std::uint32_t>, std::uint32_t> m_pairIds;
  std::vector<Live> m_blocks;
  std::uint32_t m_threadCount = 0;
  std::uint32_t m_frameCount = 0;
  std::uint32_t m_thread = 0;
  std::uint32_t m_heapCount = 2;
  std::uint32_t m_heap = 0;
  std::uint64_t m_nowNs = 0;
  std::uint64_t m_batchEndNs = 0;  ///< Of the events so far.
  std::uint64_t m_lastAddress = 0;
  std::uint64_t m_lastFreed = 0;
};

/// 16 bytes that are an id.
std::string sessionId(char fill);

}  // namespace heaptap::test
