// SPDX-License-Identifier: Apache-2.0
#include "collector/query/stack_lines.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "collector/query/allocator_frames.h"

namespace heaptap::query {
namespace {

/// The text of a frame that stands for something which is not a place in the code.
std::string_view meaningOf(std::uint32_t flags) {
  if ((flags & v1::FRAME_OVERFLOW) != 0) return "[stack unknown: the table was full]";
  if ((flags & v1::FRAME_TRUNCATED) != 0) return "[outer frames: deeper than heaptap walks]";
  if ((flags & v1::FRAME_LOST) != 0) return "[outer frames: could not be followed]";
  return {};
}

void appendFrame(const model::SessionRecord& record, model::FrameId id, std::vector<v1::StackLine>& lines) {
  const model::Frame& frame = record.frames[id];
  v1::StackLine line;
  if (const std::string_view meaning = meaningOf(frame.flags); !meaning.empty()) {
    line.set_function(std::string(meaning));
    lines.push_back(std::move(line));
    return;
  }
  if (frame.module != 0) line.set_module(record.modules[frame.module - 1].path);
  line.set_pc(frame.pc);
  line.set_guessed((frame.flags & v1::FRAME_GUESSED) != 0);
  const auto symbols = record.symbols.lines(id);
  if (symbols.empty()) lines.push_back(line);
  for (const model::SymbolLine& symbol : symbols) {
    line.set_function(std::string(record.symbols.text(symbol.function)));
    line.set_file(std::string(record.symbols.text(symbol.file)));
    line.set_line(symbol.line);
    line.set_inlined(symbol.inlined);
    lines.push_back(line);
  }
}

}  // namespace

std::vector<v1::StackLine> stackLines(const model::SessionRecord& record, model::StackId stack) {
  std::vector<v1::StackLine> lines;
  while (stack != model::StackId{} && lines.size() < kMaxStackLines) {
    const model::StackNode& node = record.stacks[stack];
    if (node.frame != model::FrameId{}) appendFrame(record, node.frame, lines);
    stack = node.parent;
  }
  const auto program = std::find_if(lines.begin(), lines.end(), [](const v1::StackLine& line) {
    return !isAllocatorFrame(line.function(), line.module(), line.file());
  });
  if (program != lines.end()) lines.erase(lines.begin(), program);
  return lines;
}

}  // namespace heaptap::query
