// SPDX-License-Identifier: Apache-2.0
#include "tests/client/profile_builder.h"

#include <memory>

namespace heaptap::client {

ProfileBuilder::ProfileBuilder() {
  m_definitions.add(model::Module{.path = "/usr/bin/program",
                                  .buildId = "\x01\x02",
                                  .start = 0x400000,
                                  .end = 0x500000,
                                  .bias = 0x400000});
}

model::TextId ProfileBuilder::text(const std::string& text) {
  if (text.empty()) return {};
  const auto [found, isNew] = m_texts.try_emplace(text);
  if (isNew) found->second = m_definitions.addText(text);
  return found->second;
}

void ProfileBuilder::rename(model::FrameId frame, const std::vector<Line>& lines) {
  std::vector<model::SymbolLine> symbols;
  for (std::size_t i = 0; i < lines.size(); ++i)
    symbols.push_back({.function = text(lines[i].function),
                       .file = text(lines[i].file),
                       .line = lines[i].line,
                       .inlined = i + 1 < lines.size(),
                       .allocator = lines[i].isAllocator});
  m_definitions.name(frame, symbols);
}

model::FrameId ProfileBuilder::place(const std::vector<Line>& lines, std::uint32_t flags,
                                     std::uint32_t module) {
  const auto id = static_cast<model::FrameId>(m_definitions.now().frames.size());
  m_definitions.add(model::Frame{.pc = 0x1000 + 16 * index(id), .module = module, .flags = flags});
  if (!lines.empty()) rename(id, lines);
  return id;
}

model::FrameId ProfileBuilder::frame(const std::string& function) {
  const auto [found, isNew] = m_frames.try_emplace(function);
  if (isNew)
    found->second =
        place({{.function = function, .isAllocator = function == "malloc" || function == "calloc"}});
  return found->second;
}

model::StackId ProfileBuilder::stack(const std::vector<std::string>& functions) {
  std::vector<model::FrameId> frames;
  for (const std::string& function : functions) frames.push_back(frame(function));
  return stackOf(frames);
}

model::StackId ProfileBuilder::stackOf(const std::vector<model::FrameId>& frames) {
  model::StackId stack{};
  for (std::size_t i = frames.size(); i-- > 0;) stack = below(stack, frames[i]);
  return stack;
}

model::StackId ProfileBuilder::below(model::StackId caller, model::FrameId frame) {
  const auto [found, isNew] = m_stacks.try_emplace({caller, frame});
  if (isNew) {
    found->second = static_cast<model::StackId>(m_definitions.now().stacks.size());
    m_definitions.add(model::StackNode{.parent = caller, .frame = frame});
  }
  return found->second;
}

model::HeapId ProfileBuilder::heap(const std::string& name) {
  m_definitions.addHeap(name);
  return static_cast<model::HeapId>(m_definitions.now().heaps() - 1);
}

std::uint32_t ProfileBuilder::thread(std::uint32_t tid, const std::string& name) {
  m_definitions.add(model::Thread{.tid = tid, .name = name});
  return static_cast<std::uint32_t>(m_definitions.now().threads.size() - 1);
}

std::uint32_t ProfileBuilder::module(const std::string& path) {
  m_definitions.add(model::Module{.path = path, .bias = 0x7000'0000});
  return static_cast<std::uint32_t>(m_definitions.now().modules.size());
}

model::PairId ProfileBuilder::count(const Counted& counted) {
  const auto id = static_cast<model::PairId>(m_definitions.now().pairs.size());
  m_definitions.add(model::Pair{.size = counted.size,
                                .slack = counted.slack,
                                .sampleInterval = counted.sampleInterval,
                                .stack = counted.stack,
                                .origin = static_cast<model::Origin>(counted.origin),
                                .heap = counted.heap});
  m_counts.pairs.push_back({.allocations = counted.allocations,
                            .live = counted.live,
                            .liveAtPeak = counted.atPeak,
                            .temporaries = counted.temporaries});
  if (counted.sampleInterval != 0) m_summary.mutable_sampling()->set_interval(counted.sampleInterval);
  return id;
}

void ProfileBuilder::freedAt(model::PairId pair, model::StackId stack, std::uint64_t frees) {
  m_counts.freeSites.push_back({.pair = pair, .stack = stack, .frees = frees});
}

Profile ProfileBuilder::profile() const {
  return {.definitions = m_definitions.view(),
          .names = FrameNames::of(m_definitions.now()),
          .counts = std::make_shared<const model::Counts>(m_counts),
          .summary = std::make_shared<const v1::Summary>(m_summary)};
}

std::string nameOf(const Profile& profile, FunctionId function) {
  return std::string(nameOf(profile.definitions, profile.names->function(function)));
}

std::string namesOf(const Profile& profile, const std::vector<FunctionId>& functions) {
  std::string names;
  for (const FunctionId function : functions) names += (names.empty() ? "" : ";") + nameOf(profile, function);
  return names;
}

}  // namespace heaptap::client
