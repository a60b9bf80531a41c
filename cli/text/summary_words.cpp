// SPDX-License-Identifier: Apache-2.0
#include "cli/text/summary_words.h"

#include "text/utf8.h"

namespace heaptap::cli {

std::string leftWord(const v1::Summary& summary) {
  if (summary.info().state() == v1::SESSION_LIVE) return "live";
  return summary.live_at_end() || summary.info().state() == v1::SESSION_CUT_SHORT ? "live at end" : "leaked";
}

std::string stateWord(v1::SessionState state) {
  switch (state) {
    case v1::SESSION_LIVE: return "live";
    case v1::SESSION_COMPLETE: return "complete";
    case v1::SESSION_CUT_SHORT: return "cut short";
    default: return "unknown";
  }
}

std::string padded(std::string_view text, std::size_t columns) {
  const std::size_t used = width(text);
  return std::string(text) + std::string(used < columns ? columns - used : 0, ' ');
}

std::string paddedLeft(std::string_view text, std::size_t columns) {
  const std::size_t used = width(text);
  return std::string(used < columns ? columns - used : 0, ' ') + std::string(text);
}

}  // namespace heaptap::cli
