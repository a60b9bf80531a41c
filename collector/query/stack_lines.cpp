// SPDX-License-Identifier: Apache-2.0
#include "collector/query/stack_lines.h"

#include <cstddef>
#include <string_view>
#include <utility>

namespace heaptap::query {
namespace {

/// The text of a frame that stands for something which is not a place in the code.
std::string_view meaningOf(std::uint32_t flags) {
  if ((flags & v1::FRAME_OVERFLOW) != 0) return "[stack unknown: the table was full]";
  if ((flags & v1::FRAME_TRUNCATED) != 0) return "[outer frames: deeper than heaptap walks]";
  if ((flags & v1::FRAME_LOST) != 0) return "[outer frames: could not be followed]";
  return {};
}

/// The lines of a stack, and how many of them the allocator's own are, from the innermost on.
struct Lines {
  std::vector<v1::StackLine> all;
  std::size_t leading = 0;

  void add(v1::StackLine line, bool isAllocator) {
    if (isAllocator && leading == all.size()) ++leading;
    all.push_back(std::move(line));
  }
};

void appendFrame(const model::DefinitionsView& definitions, const model::FrameNames& names, model::FrameId id,
                 Lines& lines) {
  const model::Frame& frame = definitions.frame(id);
  v1::StackLine line;
  if (const std::string_view meaning = meaningOf(frame.flags); !meaning.empty()) {
    line.set_function(std::string(meaning));
    lines.add(std::move(line), false);
    return;
  }
  line.set_pc(frame.pc);
  line.set_address(frame.pc);
  if (frame.module != 0) {
    const model::Module& module = definitions.modules[frame.module - 1];
    line.set_module(module.path);
    line.set_address(frame.pc + module.bias);
  }
  line.set_guessed((frame.flags & v1::FRAME_GUESSED) != 0);
  const model::FrameNames::Lines known = names.of(id);
  if (known.count == 0) lines.add(line, false);
  for (std::uint32_t i = 0; i < known.count; ++i) {
    const model::SymbolLine& symbol = definitions.lines[known.first + i];
    line.set_function(definitions.texts[index(symbol.function)]);
    line.set_file(definitions.texts[index(symbol.file)]);
    line.set_line(symbol.line);
    line.set_inlined(symbol.inlined);
    lines.add(line, symbol.allocator);
  }
}

}  // namespace

std::vector<v1::StackLine> stackLines(const model::DefinitionsView& definitions,
                                      const model::FrameNames& names, model::StackId stack) {
  Lines lines;
  while (stack != model::StackId{} && lines.all.size() < kMaxStackLines) {
    const model::StackNode& node = definitions.stack(stack);
    if (node.frame != model::FrameId{}) appendFrame(definitions, names, node.frame, lines);
    stack = node.parent;
  }
  if (lines.leading < lines.all.size()) {
    lines.all.erase(lines.all.begin(), lines.all.begin() + static_cast<std::ptrdiff_t>(lines.leading));
  }
  return std::move(lines.all);
}

}  // namespace heaptap::query
