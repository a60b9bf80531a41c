// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/time_words.h"

#include <optional>

#include "text/duration.h"

namespace heaptap::gui {
namespace {

/// `12.5s` or `50%`: nothing that a mark is likely to be called.
bool isTime(const QString& words) {
  const std::string text = words.trimmed().toStdString();
  const auto number = leadingNumber(text);
  return parseDuration(text).has_value() || (number && number->second == "%");
}

/// Of `10s-20s`, as people write it, too, where the dash is. A mark may have one in its name.
std::optional<qsizetype> dashOf(const QString& words) {
  for (qsizetype at = 1; at + 1 < words.size(); ++at)
    if ((words[at] == '-' || words[at] == QChar(0x2013)) && isTime(words.left(at)) &&
        isTime(words.mid(at + 1)))
      return at;
  return std::nullopt;
}

}  // namespace

TimeWords timeWordsOf(const QString& text) {
  const QString words = text.trimmed();
  const auto stretch = [&](qsizetype end, qsizetype begin) {
    return TimeWords{.at = {}, .from = words.left(end).trimmed(), .to = words.mid(begin).trimmed()};
  };
  if (const auto dots = words.indexOf(QLatin1String("..")); dots >= 0) return stretch(dots, dots + 2);
  if (const auto dash = dashOf(words)) return stretch(*dash, *dash + 1);
  return {.at = words};
}

}  // namespace heaptap::gui
