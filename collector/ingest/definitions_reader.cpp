// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/definitions_reader.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

constexpr std::uint32_t kFrameFlags =
    v1::FRAME_EXACT_PC | v1::FRAME_GUESSED | v1::FRAME_OVERFLOW | v1::FRAME_TRUNCATED | v1::FRAME_LOST;

}  // namespace

Result<void> DefinitionsReader::apply(const v1::Modules& message, model::Definitions& definitions) {
  if (!fits(definitions.now().modules.size(), message.modules_size(), kMaxModules)) {
    return corrupt("modules", "more than a session may have");
  }
  for (const auto& module : message.modules()) {
    if (module.path().size() > kMaxTextBytes || module.build_id().size() > kMaxBuildIdBytes ||
        module.start() > module.end()) {
      return corrupt("modules", "a path or build id that is too long, or an end before the start");
    }
  }
  for (const auto& module : message.modules()) {
    definitions.add(model::Module{.path = module.path(),
                                  .buildId = module.build_id(),
                                  .start = module.start(),
                                  .end = module.end(),
                                  .bias = module.bias()});
  }
  return {};
}

Result<void> DefinitionsReader::apply(const v1::ModuleNames& message, model::Definitions& definitions) {
  if (message.module_size() != message.missing_size())
    return corrupt("module names", "the columns differ in length");
  for (int i = 0; i < message.module_size(); ++i) {
    if (message.module(i) >= definitions.now().modules.size())
      return corrupt("module names", "a module that is not defined");
    if (!v1::ModuleNames::Missing_IsValid(message.missing(i)))
      return corrupt("module names", "an unknown reason");
  }
  for (int i = 0; i < message.module_size(); ++i) say(message.module(i), message.missing(i), definitions);
  return {};
}

Result<void> DefinitionsReader::apply(const v1::Threads& message, model::Definitions& definitions) {
  if (!fits(definitions.now().threads.size(), message.threads_size(), kMaxThreads)) {
    return corrupt("threads", "more than a session may have");
  }
  for (const auto& thread : message.threads()) {
    if (thread.name().size() > kMaxTextBytes || thread.first_seen_ns() > kMaxTimeNs) {
      return corrupt("threads", "a name that is too long, or a time beyond 146 years");
    }
  }
  const std::size_t defined =
      definitions.now().threads.size() + static_cast<std::size_t>(message.threads_size());
  for (const auto& renamed : message.renamed()) {
    if (renamed.name().size() > kMaxTextBytes || renamed.thread() >= defined) {
      return corrupt("threads", "a new name that is too long, or of a thread that is not defined");
    }
  }
  for (const auto& thread : message.threads()) {
    definitions.add(
        model::Thread{.tid = thread.tid(), .name = thread.name(), .firstSeenNs = thread.first_seen_ns()});
  }
  for (const auto& renamed : message.renamed()) {
    // A program may rename its threads without end: beyond the limit they keep the name that they have.
    if (definitions.now().renamings.size() == kMaxRenamings) break;
    definitions.add(
        model::Renaming{.thread = static_cast<model::ThreadIndex>(renamed.thread()), .name = renamed.name()});
  }
  return {};
}

Result<void> DefinitionsReader::apply(const v1::Frames& message, model::Definitions& definitions) {
  const int count = message.pc_size();
  if (message.module_size() != count || message.flags_size() != count) {
    return corrupt("frames", "the columns differ in length");
  }
  if (!fits(definitions.now().frames.size(), count, kMaxFrames))
    return corrupt("frames", "more than a session may have");
  for (int i = 0; i < count; ++i) {
    if (message.module(i) > definitions.now().modules.size())
      return corrupt("frames", "a module that is not defined");
    if ((message.flags(i) & ~kFrameFlags) != 0) return corrupt("frames", "unknown flags");
  }
  for (int i = 0; i < count; ++i) {
    definitions.add(
        model::Frame{.pc = message.pc(i), .module = message.module(i), .flags = message.flags(i)});
  }
  return {};
}

Result<void> DefinitionsReader::apply(const v1::StackNodes& message, model::Definitions& definitions) {
  const int count = message.parent_size();
  if (message.frame_size() != count) return corrupt("stack nodes", "the columns differ in length");
  if (!fits(definitions.now().stacks.size(), count, kMaxStacks)) {
    return corrupt("stack nodes", "more than a session may have");
  }
  for (int i = 0; i < count; ++i) {
    // Parents come first: so no chain of parents has a loop.
    if (message.parent(i) >= definitions.now().stacks.size() + static_cast<std::size_t>(i)) {
      return corrupt("stack nodes", "a parent that is not defined before its child");
    }
    if (message.frame(i) >= definitions.now().frames.size())
      return corrupt("stack nodes", "a frame that is not defined");
  }
  for (int i = 0; i < count; ++i) {
    definitions.add(model::StackNode{.parent = static_cast<model::StackId>(message.parent(i)),
                                     .frame = static_cast<model::FrameId>(message.frame(i))});
  }
  return {};
}

Result<void> DefinitionsReader::apply(const v1::Heaps& message, model::Definitions& definitions) {
  if (!fits(definitions.now().heaps(), message.name_size(), kMaxHeaps))
    return corrupt("heaps", "more than a session may have");
  for (const std::string& name : message.name())
    if (name.empty() || name.size() > kMaxTextBytes)
      return corrupt("heaps", "a name that is empty or too long");
  for (const std::string& name : message.name()) definitions.addHeap(name);
  return {};
}

Result<void> DefinitionsReader::apply(const v1::Pairs& message, model::Definitions& definitions) {
  const int count = message.size_size();
  if (message.stack_size() != count || message.origin_size() != count || message.align_log2_size() != count ||
      message.slack_plus_1_size() != count) {
    return corrupt("pairs", "the columns differ in length");
  }
  if (message.sample_interval_size() != 0 && message.sample_interval_size() != count)
    return corrupt("pairs", "the columns differ in length");
  if (message.heap_size() != 0 && message.heap_size() != count)
    return corrupt("pairs", "the columns differ in length");
  const auto heapOf = [&](int i) { return message.heap_size() == 0 ? 0 : message.heap(i); };
  const auto intervalOf = [&](int i) {
    return message.sample_interval_size() == 0 ? 0 : message.sample_interval(i);
  };
  if (!fits(definitions.now().pairs.size(), count, kMaxPairs))
    return corrupt("pairs", "more than a session may have");
  for (int i = 0; i < count; ++i) {
    if (message.size(i) > kMaxBlockBytes) return corrupt("pairs", "a size beyond any address space");
    if (message.stack(i) >= definitions.now().stacks.size())
      return corrupt("pairs", "a stack that is not defined");
    if (message.origin(i) > std::numeric_limits<std::uint8_t>::max())
      return corrupt("pairs", "no such origin");
    if (message.align_log2(i) > kMaxAlignLog2) return corrupt("pairs", "no such alignment");
    if (message.slack_plus_1(i) > kMaxBlockBytes) return corrupt("pairs", "a block beyond any address space");
    if (heapOf(i) >= definitions.now().heaps()) return corrupt("pairs", "a heap that is not defined");
    if (heapOf(i) != 0 && intervalOf(i) != 0)
      return corrupt("pairs", "samples of another heap than malloc's");
    if (intervalOf(i) > kMaxSampleInterval) return corrupt("pairs", "no such sample interval");
  }
  for (int i = 0; i < count; ++i) {
    definitions.add(model::Pair{.size = message.size(i),
                                .slack = message.slack_plus_1(i) - 1,  // 0 becomes kUnknownSlack.
                                .sampleInterval = intervalOf(i),
                                .stack = static_cast<model::StackId>(message.stack(i)),
                                .origin = static_cast<model::Origin>(message.origin(i)),
                                .heap = static_cast<model::HeapId>(heapOf(i)),
                                .alignLog2 = static_cast<std::uint8_t>(message.align_log2(i))});
  }
  return {};
}

void DefinitionsReader::say(std::uint32_t module, v1::ModuleNames::Missing missing,
                            model::Definitions& definitions) {
  m_missing.resize(definitions.now().modules.size());
  const auto word = static_cast<model::NamesMissing>(missing);
  if (m_missing[module] == word || definitions.now().moduleWords.size() == kMaxModuleWords) return;
  m_missing[module] = word;
  definitions.add(model::ModuleWord{.module = module, .missing = word});
}

Result<void> DefinitionsReader::apply(const v1::Symbols& message, model::Definitions& definitions) {
  return m_symbols.apply(message, definitions);
}

}  // namespace heaptap::ingest
