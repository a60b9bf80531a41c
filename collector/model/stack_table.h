// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/model/ids.h"

namespace heaptap::model {

/// A place in the code. Bits of `flags` are those of v1::FrameFlag.
struct Frame {
  std::uint64_t pc = 0;      ///< Address in the module's file, or in the target without a module.
  std::uint32_t module = 0;  ///< Module index + 1; 0: no module.
  std::uint32_t flags = 0;

  bool operator==(const Frame&) const = default;
};

/// All frames of a session; id 0 is there from the start and means "no frame".
class FrameTable {
 public:
  void add(const Frame& frame) { m_frames.push_back(frame); }
  std::size_t size() const { return m_frames.size(); }
  const Frame& operator[](FrameId id) const { return m_frames[index(id)]; }

 private:
  std::vector<Frame> m_frames = std::vector<Frame>(1);
};

/// A stack is a frame and the stack that called it. The whole is a trie with the empty stack, id 0, as
/// its root; a parent always has the smaller id, so that every walk outwards ends.
struct StackNode {
  StackId parent{};
  FrameId frame{};
};

class StackTable {
 public:
  /// `flags` are those of the frame; each stack knows the flags of all its frames.
  void add(StackNode node, std::uint32_t flags) {
    m_flags.push_back(static_cast<std::uint8_t>(m_flags[index(node.parent)] | flags));
    m_nodes.push_back(node);
  }
  std::size_t size() const { return m_nodes.size(); }
  const StackNode& operator[](StackId id) const { return m_nodes[index(id)]; }
  /// The flags of every frame on the stack, or-ed.
  std::uint32_t flags(StackId id) const { return m_flags[index(id)]; }

 private:
  std::vector<StackNode> m_nodes = std::vector<StackNode>(1);
  std::vector<std::uint8_t> m_flags = std::vector<std::uint8_t>(1);
};

}  // namespace heaptap::model
