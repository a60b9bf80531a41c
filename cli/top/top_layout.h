// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/top/top_controls.h"
#include "text/paint.h"

namespace heaptap::cli {

/// A line of the screen. It may be longer than the screen is wide: what does not fit is cut.
struct TopLine {
  enum class Kind : std::uint8_t { Plain, Titles, Chosen, Keys };
  struct Span {
    Tone tone = Tone::Plain;
    std::string text;  ///< Printable.
  };
  Kind kind = Kind::Plain;
  std::vector<Span> spans = {};
};

struct TopSize {
  std::size_t rows = 0;
  std::size_t columns = 0;
};

/// What is said beside the picture.
struct TopNews {
  std::string name;     ///< Of what is watched, until its command is known.
  std::string trouble;  ///< Why there is no newer picture; empty: there is one.
};

/// The whole screen, at most `size.rows` lines. Tells `controls` for how many rows there is room.
[[nodiscard]] std::vector<TopLine> screenOf(TopControls& controls, const TopNews& news, TopSize size);

/// One round on no terminal: the same without keys, with the first `most` rows (0: all).
[[nodiscard]] std::vector<TopLine> roundOf(TopControls& controls, const TopNews& news, std::size_t most,
                                           std::size_t columns);

}  // namespace heaptap::cli
