// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/span_leaks.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/relay/memory/reachability.h"

namespace heaptap::relay {
namespace {

/// One field of a line: whatever a binary calls its functions.
std::string field(std::string_view text) {
  constexpr std::size_t kMost = 512;
  std::string clean(text.substr(0, kMost));
  for (char& c : clean)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return clean;
}

/// What reports call code without a name.
std::string unnamed(std::string_view module, std::uint64_t pc) {
  std::array<char, 2 + 16 + 1> offset{};
  std::snprintf(offset.data(), offset.size(), "0x%llx", static_cast<unsigned long long>(pc));
  return field(module.substr(module.rfind('/') + 1)) + "+" + offset.data();
}

/// Where heaptap's own memory lies in the process: there are addresses of blocks in it, too.
std::vector<AddressRange> ownRanges(const SharedMemory& memory) {
  const wire::Header& header = memory.header();
  std::vector<AddressRange> ranges;
  const std::uint64_t base = header.mappedAt.load(std::memory_order_relaxed);
  ranges.push_back({base, base + memory.geometry().totalBytes});
  const std::size_t areas =
      std::min<std::size_t>(header.ownAreaCount.load(std::memory_order_relaxed), wire::kMaxOwnAreas);
  for (std::size_t i = 0; i < areas; ++i) {
    const std::uint64_t bytes = header.ownAreas[i].bytes.load(std::memory_order_acquire);
    const std::uint64_t start = header.ownAreas[i].start.load(std::memory_order_relaxed);
    if (start + bytes > start) ranges.push_back({start, start + bytes});
  }
  return ranges;
}

struct Left {
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;
};

class StackText {
 public:
  StackText(BinaryNames& binaries, const std::vector<Module>& modules)
      : m_binaries(binaries), m_modules(modules) {}

  std::string of(const std::vector<Frame>& frames) {
    std::string text;
    bool isOfAllocator = true;
    for (const Frame& frame : frames) {
      if (frame.module == 0 || frame.module > m_modules.size()) {
        if (frame.pc != 0) text += unnamed("[anonymous]", frame.pc) + "\t\t\t\n";
        continue;
      }
      const Module& module = m_modules[frame.module - 1];
      const auto binary = m_binaries.of(module);
      std::vector<symbols::SourceLine> lines;
      // A return address may already belong to the next function or line.
      if (binary != nullptr)
        lines = binary->at((frame.flags & v1::FRAME_EXACT_PC) != 0 ? frame.pc : frame.pc - 1);
      if (lines.empty()) lines.emplace_back();
      for (const symbols::SourceLine& line : lines) {
        isOfAllocator = isOfAllocator && line.allocator;
        if (isOfAllocator) continue;
        text += (line.function.empty() ? unnamed(module.path(), frame.pc) : field(line.function)) + "\t" +
                field(line.file) + "\t" + (line.line == 0 ? std::string() : std::to_string(line.line)) +
                "\t" + field(module.path()) + "\n";
      }
    }
    return text;
  }

 private:
  BinaryNames& m_binaries;
  const std::vector<Module>& m_modules;
};

}  // namespace

LostBlocks lostBlocks(const HeapQuestion& question, const TargetProcess& process,
                      const SharedMemory& memory) {
  if (question.isSampled) return {.obstacle = "allocations are sampled"};
  if (!question.isSpanKnown)
    return {.obstacle = "the span is not known: another process has begun it, or too many have begun since"};
  if (question.blocks.empty()) return {};
  std::vector<AddressRange> blocks;
  blocks.reserve(question.blocks.size());
  for (const HeapQuestion::Block& block : question.blocks)
    blocks.push_back({block.address, block.address + std::max<std::uint64_t>(block.bytes, 1)});
  std::optional<std::vector<bool>> reached(std::in_place, blocks.size(), false);
  if (!question.isOfAll)
    reached = reachedBlocks(process, {.blocks = blocks,
                                      .stack = question.stack,
                                      .isComplete = question.isComplete,
                                      .leftOut = ownRanges(memory)});
  if (!reached) return {.obstacle = "the relay may not look at the memory of this process (ptrace(2))"};
  LostBlocks lost;
  for (std::size_t i = 0; i < question.blocks.size(); ++i)
    if (!(*reached)[i] && question.blocks[i].site != HeapQuestion::kOlder) lost.blocks.push_back(i);
  return lost;
}

SpanAnswer answerOf(const HeapQuestion& question, const LostBlocks& lost, BinaryNames& binaries,
                    const std::vector<Module>& modules) {
  if (!lost.obstacle.empty()) return SpanAnswer::unknown(lost.obstacle);
  SpanAnswer answer;
  std::vector<Left> left(question.sites.size());
  for (const std::size_t each : lost.blocks) {
    const HeapQuestion::Block& block = question.blocks[each];
    left[block.site].bytes += block.bytes;
    ++left[block.site].blocks;
    answer.bytes += block.bytes;
    ++answer.blocks;
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < left.size(); ++i)
    if (left[i].blocks != 0) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(left[b].bytes, left[b].blocks) < std::pair(left[a].bytes, left[a].blocks);
  });
  StackText stacks(binaries, modules);
  for (const std::size_t i : order) {
    const std::string text = std::to_string(left[i].bytes) + " " + std::to_string(left[i].blocks) + "\n" +
                             stacks.of(question.sites[i]) + "\n";
    if (answer.text.size() + text.size() > wire::kMaxAnswerText) break;
    answer.text += text;
  }
  return answer;
}

}  // namespace heaptap::relay
