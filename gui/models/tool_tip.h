// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace heaptap::gui {

/// A tool tip that shows `text` as it is, wrapped. Qt guesses whether a tip is HTML, and names of functions
/// and files come from the recorded program: `std::vector<img …>` must stay text.
[[nodiscard]] inline QString toolTip(const QString& text) {
  if (text.isEmpty()) return {};
  return QStringLiteral("<qt>%1</qt>").arg(text.toHtmlEscaped().replace('\n', QStringLiteral("<br>")));
}

}  // namespace heaptap::gui
