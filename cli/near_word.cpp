// SPDX-License-Identifier: Apache-2.0
#include "cli/near_word.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace heaptap::cli {
namespace {

constexpr std::size_t kLongestWord = 64;  // No word of ours is longer; what is given may be.

/// Letters to insert, delete, replace or exchange with their neighbour (optimal string alignment).
std::size_t distanceOf(std::string_view a, std::string_view b) {
  std::vector<std::size_t> older(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], older[j - 2] + 1);
    }
    std::swap(older, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearWord(std::string_view word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > kLongestWord) return {};
  std::size_t least = word.size() < 5 ? 1 : 2;
  std::string nearest;
  bool isOnly = true;
  for (const std::string& each : known) {
    const std::size_t distance = distanceOf(word, each);
    if (distance > least || (distance == least && !nearest.empty())) {
      isOnly = isOnly && distance > least;
      continue;
    }
    isOnly = true;
    least = distance;
    nearest = each;
  }
  return isOnly ? nearest : std::string();
}

}  // namespace heaptap::cli
