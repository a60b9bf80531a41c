// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/time_words.h"

namespace heaptap::gui {

TimeWords timeWordsOf(const QString& text) {
  const QString words = text.trimmed();
  const auto dots = words.indexOf(QLatin1String(".."));
  if (dots < 0) return {.at = words};
  return {.at = {}, .from = words.left(dots).trimmed(), .to = words.mid(dots + 2).trimmed()};
}

}  // namespace heaptap::gui
