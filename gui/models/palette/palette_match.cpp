// SPDX-License-Identifier: Apache-2.0
#include "gui/models/palette/palette_match.h"

#include <algorithm>
#include <vector>

namespace heaptap::gui {
namespace {

constexpr int kLetter = 4;
constexpr int kWordBegin = 8;
constexpr int kNextToLast = 6;
constexpr int kNone = -1'000'000;
constexpr qsizetype kMostLetters = 200;  // Of a name; names come from outside.

bool beginsWord(const QString& name, qsizetype at) {
  return at == 0 || (name[at].isLetterOrNumber() && !name[at - 1].isLetterOrNumber()) ||
         (name[at].isUpper() && name[at - 1].isLower());
}

}  // namespace

std::optional<int> paletteScore(const QString& typed, const QString& name) {
  QString letters;
  for (const QChar letter : typed.left(kMostLetters))
    if (!letter.isSpace()) letters += letter.toLower();
  if (letters.isEmpty()) return 0;
  const QString shown = name.left(kMostLetters);
  const auto count = static_cast<std::size_t>(shown.size());
  if (count == 0) return std::nullopt;
  // best[i]: of the letters so far, with the last of them at i.
  std::vector<int> best(count, kNone);
  for (qsizetype typedAt = 0; typedAt < letters.size(); ++typedAt) {
    std::vector<int> next(count, kNone);
    int before = typedAt == 0 ? 0 : kNone;  // The best that ends before i.
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = static_cast<qsizetype>(i);
      if (shown[at].toLower() == letters[typedAt]) {
        const int score = kLetter + (beginsWord(shown, at) ? kWordBegin : 0);
        next[i] = before > kNone ? before + score : kNone;
        if (i > 0 && typedAt > 0 && best[i - 1] > kNone)
          next[i] = std::max(next[i], best[i - 1] + score + kNextToLast);
      }
      if (typedAt > 0) before = std::max(before, best[i]);
    }
    best = std::move(next);
  }
  const int most = *std::max_element(best.begin(), best.end());
  if (most <= kNone) return std::nullopt;
  return most * 10 - static_cast<int>(count);
}

}  // namespace heaptap::gui
