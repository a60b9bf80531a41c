// SPDX-License-Identifier: Apache-2.0
#include "proto/words/session_words.h"

namespace heaptap {
inline namespace words {

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

std::string_view stateKey(v1::SessionState state) {
  switch (state) {
    case v1::SESSION_LIVE: return "live";
    case v1::SESSION_COMPLETE: return "complete";
    case v1::SESSION_CUT_SHORT: return "cutShort";
    default: return {};
  }
}

}  // namespace words
}  // namespace heaptap
