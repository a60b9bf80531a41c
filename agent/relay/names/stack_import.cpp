// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/stack_import.h"

#include <algorithm>
#include <random>

namespace heaptap::relay {
namespace {

/// Entries a message; keeps each far below gRPC's limit of 4 MiB.
constexpr std::size_t kMaxEntries = 1 << 17;

/// The frames that stand for something instead of a place. 0: an ordinary frame.
std::uint32_t markerFlag(std::uint32_t entry) {
  switch (entry) {
    case wire::kOverflowFrame: return v1::FRAME_OVERFLOW;
    case wire::kTruncatedFrame: return v1::FRAME_TRUNCATED;
    case wire::kLostFrame: return v1::FRAME_LOST;
    default: return 0;
  }
}

void fit(std::vector<std::uint32_t>& ids, std::uint32_t id, std::uint32_t unknown) {
  if (id >= ids.size()) ids.resize(std::max<std::size_t>(std::size_t{id} + 1, ids.size() * 2), unknown);
}

}  // namespace

StackImport::NodeHash::NodeHash() {
  std::random_device random;
  for (std::uint64_t& multiplier : multipliers) multiplier = (std::uint64_t{random()} << 32 | random()) | 1;
}

StackImport::StackImport(const SharedMemory& memory, ModuleImport& modules)
    : m_memory(memory), m_modules(modules) {
  remember(wire::kRootNode, 0);
}

std::uint32_t StackImport::import(std::uint32_t node) {
  // Up to the nearest known ancestor; ids only get smaller, so that this ends.
  m_path.clear();
  m_pathIds.clear();
  std::uint32_t at = node;
  std::uint32_t id = kUnknown;
  while (id == kUnknown) {
    if (isKnown(at)) {
      id = m_nodeIds[at];
      break;
    }
    if (at == wire::kOverflowNode) {
      id = overflowStack();
      remember(at, id);
      break;
    }
    const wire::NodeEntry* const entry = m_memory.node(at);
    const std::uint64_t word = entry != nullptr ? entry->word.load(std::memory_order_acquire) : 0;
    const std::uint32_t parent = wire::NodeEntry::parent(word);
    const auto frame = word != 0 && parent < at ? frameId(wire::NodeEntry::frame(word)) : std::nullopt;
    if (!frame) {
      ++m_invalid;
      return overflowStack();  // Not remembered: what is incomplete now may be whole for a later event.
    }
    m_path.push_back({parent, *frame});
    m_pathIds.push_back(at);
    at = parent;
  }
  for (std::size_t i = m_path.size(); i-- > 0;) {
    id = defineNode({id, m_path[i].frame});
    remember(m_pathIds[i], id);
  }
  return id;
}

std::optional<std::uint32_t> StackImport::frameId(std::uint32_t entry) {
  if (entry < m_frameIds.size() && m_frameIds[entry] != kUnknown) return m_frameIds[entry];
  const auto frame = readFrame(entry);
  if (!frame) return std::nullopt;
  const std::uint32_t id = defineFrame(*frame);
  fit(m_frameIds, entry, kUnknown);
  m_frameIds[entry] = id;
  return id;
}

std::optional<Frame> StackImport::readFrame(std::uint32_t entry) {
  if (entry == wire::kNoFrame) return std::nullopt;
  if (const std::uint32_t marker = markerFlag(entry); marker != 0) return Frame{0, marker, 0};
  const wire::FrameEntry* const e = m_memory.frame(entry);
  if (e == nullptr) return std::nullopt;
  const std::uint32_t flags = e->flags.load(std::memory_order_acquire);
  if ((flags & wire::kFrameComplete) == 0) return std::nullopt;

  Frame frame;
  frame.pc = __atomic_load_n(&e->pc, __ATOMIC_RELAXED);
  if ((flags & wire::kFrameExactPc) != 0) frame.flags |= v1::FRAME_EXACT_PC;
  if ((flags & wire::kFrameGuessed) != 0) frame.flags |= v1::FRAME_GUESSED;
  const std::uint32_t moduleEntry = __atomic_load_n(&e->module, __ATOMIC_RELAXED);
  if (moduleEntry == wire::kNoModule || moduleEntry == wire::kModuleBeyond) return frame;
  const auto module = m_modules.indexOf(moduleEntry);
  if (!module) return std::nullopt;
  frame.module = *module + 1;
  return frame;
}

std::uint32_t StackImport::defineFrame(const Frame& frame) {
  const auto [place, isNew] =
      m_frameIndex.try_emplace(frame, static_cast<std::uint32_t>(m_frames.size() + 1));
  if (isNew) m_frames.push_back(frame);
  return place->second;
}

std::uint32_t StackImport::defineNode(Node node) {
  const std::uint64_t key = std::uint64_t{node.parent} << 32 | node.frame;
  const std::uint64_t hash = m_nodeIndex.hash()({key});
  IndexedNode& place =
      m_nodeIndex.find(hash, [key](const IndexedNode& other) { return other.parentAndFrame == key; });
  if (!place.isEmpty()) return place.id;
  const auto id = static_cast<std::uint32_t>(m_nodeIndex.size() + 1);
  place = {key, id};
  m_nodeIndex.filled(hash);
  m_unsentNodes.push_back(node);
  return id;
}

absl::flat_hash_map<std::uint32_t, Frame> StackImport::innermostOf(
    const std::vector<std::uint32_t>& stacks) const {
  absl::flat_hash_map<std::uint32_t, Frame> innermost;
  for (const std::uint32_t stack : stacks) innermost[stack] = {};
  m_nodeIndex.forEach([&](const IndexedNode& node) {
    if (const auto wanted = innermost.find(node.id); wanted != innermost.end())
      wanted->second = m_frames[static_cast<std::uint32_t>(node.parentAndFrame) - 1];
  });
  return innermost;
}

std::vector<std::vector<Frame>> StackImport::framesOf(const std::vector<std::uint32_t>& stacks) const {
  std::vector<Node> nodes(m_nodeIndex.size() + 1);  // By session id.
  m_nodeIndex.forEach([&](const IndexedNode& node) {
    if (node.id < nodes.size())
      nodes[node.id] = {static_cast<std::uint32_t>(node.parentAndFrame >> 32),
                        static_cast<std::uint32_t>(node.parentAndFrame)};
  });
  std::vector<std::vector<Frame>> all;
  all.reserve(stacks.size());
  for (const std::uint32_t stack : stacks) {
    std::vector<Frame>& frames = all.emplace_back();
    for (std::uint32_t at = stack; at != 0 && at < nodes.size() && frames.size() < kMostFrames;
         at = nodes[at].parent)
      frames.push_back(m_frames[nodes[at].frame - 1]);
  }
  return all;
}

std::uint32_t StackImport::overflowStack() {
  return defineNode({0, defineFrame({0, v1::FRAME_OVERFLOW, 0})});
}

void StackImport::remember(std::uint32_t node, std::uint32_t id) {
  fit(m_nodeIds, node, kUnknown);
  m_nodeIds[node] = id;
}

void StackImport::flush(MessageSink& sink) {
  m_modules.flush(sink);
  while (m_sentFrames < m_frames.size()) {
    v1::RecordRequest request;
    auto& out = *request.mutable_frames();
    for (const std::size_t end = std::min(m_frames.size(), m_sentFrames + kMaxEntries); m_sentFrames < end;
         ++m_sentFrames) {
      out.add_module(m_frames[m_sentFrames].module);
      out.add_pc(m_frames[m_sentFrames].pc);
      out.add_flags(m_frames[m_sentFrames].flags);
    }
    sink.send(request);
  }
  for (std::size_t sent = 0; sent < m_unsentNodes.size();) {
    v1::RecordRequest request;
    auto& out = *request.mutable_stack_nodes();
    for (const std::size_t end = std::min(m_unsentNodes.size(), sent + kMaxEntries); sent < end; ++sent) {
      out.add_parent(m_unsentNodes[sent].parent);
      out.add_frame(m_unsentNodes[sent].frame);
    }
    sink.send(request);
  }
  m_unsentNodes.clear();
}

}  // namespace heaptap::relay
