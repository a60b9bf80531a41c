// SPDX-License-Identifier: Apache-2.0
#include "client/stack_lines.h"

#include "heaptap/v1/ingest.pb.h"

namespace heaptap::client {

std::uint32_t frameLines(const Profile& profile, model::FrameId frame) {
  return static_cast<std::uint32_t>(profile.names->functions(frame).size());
}

StackLine lineOf(const Profile& profile, model::FrameId id, std::uint32_t at) {
  const model::DefinitionsView& definitions = profile.definitions;
  const model::Frame& frame = definitions.frame(id);
  if (const std::string_view meaning = meaningOf(frame.flags); !meaning.empty()) return {.function = meaning};
  StackLine line{.isGuessed = (frame.flags & v1::FRAME_GUESSED) != 0, .pc = frame.pc, .address = frame.pc};
  if (frame.module != 0) {
    const model::Module& module = definitions.modules[frame.module - 1];
    line.module = module.path;
    line.address = frame.pc + module.bias;
  }
  if (const model::FrameNames::Lines lines = profile.names->lines(id); at < lines.count) {
    const model::SymbolLine& symbol = definitions.lines[lines.first + at];
    line.function = definitions.texts[index(symbol.function)];
    line.file = definitions.texts[index(symbol.file)];
    line.line = symbol.line;
    line.isInlined = symbol.inlined;
  }
  return line;
}

StackStart startOf(const Profile& profile, model::StackId stack) {
  StackStart innermost;  // Where the stack has the allocator's own lines only: those are shown.
  std::size_t leading = 0;
  for (model::StackId at = stack; at != model::StackId{};) {
    const model::StackNode& node = profile.definitions.stack(at);
    const auto functions = profile.names->functions(node.frame);
    for (std::uint32_t line = 0; line < functions.size(); ++line) {
      if (innermost.stack == model::StackId{}) innermost = {.stack = at, .line = line};
      if (functions[line] != FrameNames::kAllocator) return {.stack = at, .line = line, .leading = leading};
      ++leading;
    }
    at = node.parent;
  }
  return innermost;
}

std::vector<StackLine> stackLines(const Profile& profile, model::StackId stack) {
  std::vector<StackLine> lines;
  if (index(stack) >= profile.definitions.stacks.size()) return lines;
  StackStart at = startOf(profile, stack);
  const std::size_t leading = at.leading;
  while (at.stack != model::StackId{} && leading + lines.size() < kMaxStackLines) {
    const model::StackNode& node = profile.definitions.stack(at.stack);
    const std::uint32_t count = frameLines(profile, node.frame);
    for (std::uint32_t line = at.line; line < count; ++line)
      lines.push_back(lineOf(profile, node.frame, line));
    at = {.stack = node.parent, .line = 0, .leading = leading};
  }
  return lines;
}

}  // namespace heaptap::client
