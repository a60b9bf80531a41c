// SPDX-License-Identifier: Apache-2.0
#include "import/profile_builder.h"

#include "collector/ingest/limits.h"

namespace heaptap::importing {
namespace {

bool isAllocator(const std::string& function) {
  return function.starts_with("operator new") || function == "malloc" || function == "calloc" ||
         function == "realloc" || function == "posix_memalign" || function == "aligned_alloc";
}

}  // namespace

std::uint32_t ProfileBuilder::module(const std::string& path, const std::string& buildId, std::uint64_t start,
                                     std::uint64_t end, std::uint64_t bias) {
  v1::Modules::Module& module = *m_modules.add_modules();
  module.set_path(path.substr(0, ingest::kMaxTextBytes));
  module.set_build_id(buildId.size() <= ingest::kMaxBuildIdBytes ? buildId : std::string());
  module.set_start(start);
  module.set_end(end);
  module.set_bias(bias);
  return static_cast<std::uint32_t>(m_modules.modules_size());
}

std::uint32_t ProfileBuilder::text(const std::string& text) {
  if (m_symbols.text_size() == 0) m_symbols.add_text();  // As the format wants it.
  if (text.empty()) return 0;
  const auto [found, isNew] = m_texts.try_emplace(text, static_cast<std::uint32_t>(m_symbols.text_size()));
  if (isNew) m_symbols.add_text(text.substr(0, ingest::kMaxTextBytes));
  return found->second;
}

std::uint32_t ProfileBuilder::frame(std::uint32_t module, std::uint64_t pc, const std::vector<Line>& lines) {
  m_frames.add_module(module);
  m_frames.add_pc(pc);
  m_frames.add_flags(v1::FRAME_EXACT_PC);
  const auto id = static_cast<std::uint32_t>(m_frames.pc_size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::uint32_t function = text(lines[i].function);
    const std::uint32_t file = text(lines[i].file);
    m_symbols.add_frame(id);
    m_symbols.add_function(function);
    m_symbols.add_file(file);
    m_symbols.add_line(lines[i].line);
    m_symbols.add_inlined(i + 1 < lines.size());
    m_symbols.add_allocator(isAllocator(lines[i].function));
  }
  return id;
}

std::uint32_t ProfileBuilder::stack(std::uint32_t caller, std::uint32_t frame) {
  const auto next = static_cast<std::uint32_t>(m_stacks.parent_size() + 1);
  const auto [found, isNew] = m_stackIds.try_emplace({caller, frame}, next);
  if (isNew) {
    m_stacks.add_parent(caller);
    m_stacks.add_frame(frame);
  }
  return found->second;
}

void ProfileBuilder::count(std::uint32_t stack, std::uint64_t size, const model::PairCounters& counters) {
  if (counters.allocations == 0) return;
  const auto [found, isNew] = m_pairIds.try_emplace({stack, size}, m_counters.size());
  if (isNew) {
    m_pairs.add_size(size);
    m_pairs.add_stack(stack);
    m_pairs.add_origin(v1::ORIGIN_UNKNOWN);
    m_pairs.add_align_log2(0);
    m_pairs.add_slack_plus_1(0);
    m_counters.emplace_back();
  }
  model::PairCounters& sum = m_counters[found->second];
  sum.allocations += counters.allocations;
  sum.live += counters.live;
  sum.liveAtPeak += counters.liveAtPeak;
  sum.temporaries += counters.temporaries;
}

void ProfileBuilder::countSum(std::uint32_t stack, std::uint64_t blocks, std::uint64_t bytes,
                              const model::PairCounters& each) {
  if (bytes != 0 && blocks == 0) blocks = 1;
  if (blocks == 0) return;
  const std::uint64_t size = bytes / blocks;
  const std::uint64_t larger = bytes % blocks;
  const auto times = [&each](std::uint64_t many) {
    return model::PairCounters{.allocations = each.allocations * many,
                               .live = each.live * many,
                               .liveAtPeak = each.liveAtPeak * many,
                               .temporaries = each.temporaries * many};
  };
  count(stack, size, times(blocks - larger));
  count(stack, size + 1, times(larger));
}

}  // namespace heaptap::importing
