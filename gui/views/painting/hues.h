// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QPalette>
#include <array>
#include <cstddef>

namespace heaptap::gui {

/// Fill colours that tell kinds of things apart: few, and apart for eyes that see no red or no green, on a
/// light and on a dark background (the "light" scheme of Paul Tol, https://personal.sron.nl/~pault/; darker
/// where it is dark).
class Hues {
 public:
  static constexpr std::size_t kCount = 7;

  explicit Hues(const QPalette& palette = {});

  [[nodiscard]] const QColor& at(std::size_t i) const { return m_hues[i]; }
  /// Of what has no colour of its own.
  [[nodiscard]] const QColor& neutral() const { return m_neutral; }
  /// Around what is chosen.
  [[nodiscard]] const QColor& outline() const { return m_outline; }
  /// That of something that other things matter more than.
  [[nodiscard]] QColor faded(const QColor& colour) const;
  /// Between the background and a hue, for numbers: `share` from 0 to 1.
  [[nodiscard]] QColor shade(double share) const;
  /// For text on such a colour.
  [[nodiscard]] static QColor textOn(const QColor& colour);

 private:
  std::array<QColor, kCount> m_hues;
  QColor m_neutral;
  QColor m_base;
  QColor m_outline;
};

}  // namespace heaptap::gui
