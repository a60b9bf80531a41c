// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "collector/model/pair.h"
#include "counting/timeline.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::importing {

/// What a file of another profiler tells, as it is put together: definitions, and a sum for each stack and
/// size. Threads: one at a time.
class ProfileBuilder {
 public:
  struct Line {
    std::string function = {};
    std::string file = {};
    std::uint32_t line = 0;
  };

  /// One more module; returns its number, from 1.
  std::uint32_t module(const std::string& path, const std::string& buildId = {}, std::uint64_t start = 0,
                       std::uint64_t end = 0, std::uint64_t bias = 0);
  /// One more frame; `module` as returned above, 0: none. `lines`: innermost first.
  std::uint32_t frame(std::uint32_t module, std::uint64_t pc, const std::vector<Line>& lines);
  /// A frame and what it was called from; 0 is the empty stack.
  std::uint32_t stack(std::uint32_t caller, std::uint32_t frame);

  /// Adds blocks of one size.
  void count(std::uint32_t stack, std::uint64_t size, const model::PairCounters& counters);
  /// Adds blocks of which only the number and the sum of their sizes are known: as equal as can be. Bytes
  /// without a block are one.
  void countSum(std::uint32_t stack, std::uint64_t blocks, std::uint64_t bytes,
                const model::PairCounters& each);

  /// The file tells of the run to its end: what is then live has leaked.
  bool isWholeRun = true;
  std::string remark = {};  ///< What else must be known of the numbers.
  v1::Hello hello = {};
  std::uint64_t peakAtNs = 0;
  std::uint64_t endNs = 0;
  counting::Timeline timeline = {};  ///< Reaches to endNs.

  [[nodiscard]] const v1::Modules& modules() const { return m_modules; }
  [[nodiscard]] const v1::Frames& frames() const { return m_frames; }
  [[nodiscard]] const v1::StackNodes& stacks() const { return m_stacks; }
  [[nodiscard]] const v1::Symbols& symbols() const { return m_symbols; }
  [[nodiscard]] const v1::Pairs& pairs() const { return m_pairs; }
  [[nodiscard]] const std::vector<model::PairCounters>& counters() const { return m_counters; }

 private:
  std::uint32_t text(const std::string& text);

  v1::Modules m_modules;
  v1::Frames m_frames;
  v1::StackNodes m_stacks;
  v1::Symbols m_symbols;
  v1::Pairs m_pairs;
  std::vector<model::PairCounters> m_counters;
  absl::flat_hash_map<std::string, std::uint32_t> m_texts;
  absl::flat_hash_map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> m_stackIds;
  absl::flat_hash_map<std::pair<std::uint32_t, std::uint64_t>, std::size_t> m_pairIds;
};

}  // namespace heaptap::importing
