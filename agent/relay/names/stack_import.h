// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/base/splitting_table.h"
#include "agent/relay/names/module_import.h"
#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// A place in the code, as the session knows it.
struct Frame {
  std::uint32_t module = 0;  ///< Module index + 1; 0: none.
  std::uint32_t flags = 0;   ///< v1::FrameFlag bits.
  std::uint64_t pc = 0;      ///< Address in the module's file, or in the target without a module.

  friend bool operator==(const Frame&, const Frame&) = default;
  template <class H>
  friend H AbslHashValue(H state, const Frame& frame) {
    return H::combine(std::move(state), frame.pc, std::uint64_t{frame.module} << 32 | frame.flags);
  }
};

/// Brings stacks from the shared tables into the session when an event first refers to them, and gives them
/// dense ids. Entries that say the same (two threads may insert at once) become one.
/// Only what is referred to is read: between, there may be entries that another thread is still writing. A
/// published event refers to complete entries only; one that does not gets the overflow stack, counted.
/// Threads: the drain's.
class StackImport {
 public:
  StackImport(const SharedMemory& memory, ModuleImport& modules);

  /// Session id of a node of the shared trie.
  std::uint32_t idOf(std::uint32_t node) { return isKnown(node) ? m_nodeIds[node] : import(node); }
  /// Returns true when the id of this node is found, and stays what it is: a damaged one may be whole later.
  [[nodiscard]] bool isKnown(std::uint32_t node) const {
    return node < m_nodeIds.size() && m_nodeIds[node] != kUnknown;
  }

  [[nodiscard]] std::uint64_t invalidStacks() const { return m_invalid; }
  /// The frames that were sent: the one at index i has the id i + 1. Valid until the next import.
  [[nodiscard]] std::span<const Frame> sentFrames() const { return {m_frames.data(), m_sentFrames}; }

  /// The innermost frames of these stacks, by session id; without a module where there is no such stack.
  /// Takes time for all stacks.
  [[nodiscard]] absl::flat_hash_map<std::uint32_t, Frame> innermostOf(
      const std::vector<std::uint32_t>& stacks) const;

  /// The frames of these stacks, by session id, innermost first, of deep ones the innermost kMostFrames.
  /// Takes time for all stacks.
  static constexpr std::size_t kMostFrames = 64;
  [[nodiscard]] std::vector<std::vector<Frame>> framesOf(const std::vector<std::uint32_t>& stacks) const;

  /// Sends the frames and stacks that are new since the last call, after the modules they need.
  void flush(MessageSink& sink);

 private:
  static constexpr std::uint32_t kUnknown = 0xFFFF'FFFF;
  struct Node {
    std::uint32_t parent;
    std::uint32_t frame;
  };
  /// By session ids.
  struct IndexedNode {
    std::uint64_t parentAndFrame = 0;
    std::uint32_t id = 0;  ///< 0: empty.
    [[nodiscard]] bool isEmpty() const { return id == 0; }
  };
  /// Random multipliers, so that a target cannot choose stacks that collide.
  struct NodeHash {
    std::array<std::uint64_t, 2> multipliers{};
    NodeHash();
    std::uint64_t operator()(const IndexedNode& node) const {
      const std::uint64_t mixed = node.parentAndFrame * multipliers[0];
      return (mixed ^ mixed >> 32) * multipliers[1];
    }
  };

  std::uint32_t import(std::uint32_t node);
  std::optional<std::uint32_t> frameId(std::uint32_t entry);
  std::optional<Frame> readFrame(std::uint32_t entry);
  std::uint32_t defineFrame(const Frame& frame);
  std::uint32_t defineNode(Node node);
  std::uint32_t overflowStack();
  void remember(std::uint32_t node, std::uint32_t id);

  const SharedMemory& m_memory;
  ModuleImport& m_modules;
  std::vector<std::uint32_t> m_nodeIds;   ///< Session id by shared id.
  std::vector<std::uint32_t> m_frameIds;  ///< Likewise.
  std::vector<Frame> m_frames;
  std::vector<Node> m_unsentNodes;
  absl::flat_hash_map<Frame, std::uint32_t> m_frameIndex;
  /// Never rebuilt as a whole: there may be millions, and targets wait meanwhile.
  SplittingTable<IndexedNode, NodeHash, 10> m_nodeIndex{NodeHash()};
  std::vector<Node> m_path;  ///< Scratch of import(): shared ids, innermost first.
  std::vector<std::uint32_t> m_pathIds;
  std::size_t m_sentFrames = 0;
  std::uint64_t m_invalid = 0;
};

}  // namespace heaptap::relay
