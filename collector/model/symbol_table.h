// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/model/ids.h"

namespace heaptap::model {

/// One source line of a frame. Frames with inlined functions have several.
struct SymbolLine {
  TextId function{};
  TextId file{};
  std::uint32_t line = 0;  ///< 0: unknown.
  bool inlined = false;
  bool allocator = false;  ///< The allocator's own function, not the program's.

  bool operator==(const SymbolLine&) const = default;
};

/// Names for frames. Texts are kept once each by whoever adds them (ingest::TextInterner); here they are
/// only an array.
class SymbolTable {
 public:
  TextId addText(std::string text);
  std::string_view text(TextId id) const { return m_texts[index(id)]; }
  std::size_t texts() const { return m_texts.size(); }

  /// Names `frame`, innermost line first; replaces what was known.
  void name(FrameId frame, std::span<const SymbolLine> lines);
  /// The lines of a frame; empty when nothing is known.
  std::span<const SymbolLine> lines(FrameId frame) const;
  /// Lines ever added, the replaced ones included.
  std::size_t size() const { return m_lines.size(); }

 private:
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  std::deque<std::string> m_texts = std::deque<std::string>(1);
  std::vector<SymbolLine> m_lines;
  std::vector<Range> m_ranges;  ///< By frame.
};

}  // namespace heaptap::model
