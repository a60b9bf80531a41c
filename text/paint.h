// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heaptap {
inline namespace text {

/// What a piece of text is to its reader. A terminal shows it by weight and colour; what matters is also said
/// in words, so that nothing is lost without.
enum class Tone : std::uint8_t {
  Plain,
  Strong,   ///< Titles, and what is read first.
  Good,     ///< Nothing is wrong.
  Warning,  ///< Numbers that are not to be trusted, what grows.
  Bad,      ///< What leaks or fails.
  Quiet,    ///< What explains, or stands for what was left out.
};

/// Gives texts their tones. By default it leaves them as they are: for files, pipes and all that asks for no
/// colours. The one place that knows escape sequences of texts. The colours, green, magenta and red, are
/// readable on light and dark.
class Paint {
 public:
  Paint() = default;
  [[nodiscard]] static Paint forTerminal() {
    Paint paint;
    paint.m_isOn = true;
    return paint;
  }

  /// `text`, which has no line ends but at its end. Columns are to be counted before.
  [[nodiscard]] std::string operator()(Tone tone, std::string_view text) const;
  [[nodiscard]] bool isOn() const { return m_isOn; }

 private:
  bool m_isOn = false;
};

}  // namespace text
}  // namespace heaptap
