// SPDX-License-Identifier: Apache-2.0
#include "proto/words/session_words.h"

namespace heaptap {
inline namespace words {

bool isBeingRecorded(v1::SessionState state) {
  return state == v1::SESSION_LIVE || state == v1::SESSION_RECORDED_ELSEWHERE;
}

bool hasEndedByItself(const v1::Summary& summary) {
  const v1::SessionState state = summary.info().state();
  return !isBeingRecorded(state) && state != v1::SESSION_CUT_SHORT && !summary.live_at_end();
}

std::string leftWord(const v1::Summary& summary) {
  if (isBeingRecorded(summary.info().state())) return "live";
  return hasEndedByItself(summary) ? "left at end" : "live at end";
}

std::string pidWords(const v1::SessionInfo& info) {
  return info.pid() == 0 ? std::string() : "pid " + std::to_string(info.pid());
}

std::string stateWord(v1::SessionState state) {
  switch (state) {
    case v1::SESSION_LIVE: return "live";
    case v1::SESSION_COMPLETE: return "complete";
    case v1::SESSION_CUT_SHORT: return "cut short";
    case v1::SESSION_RECORDED_ELSEWHERE: return "recording";
    default: return "unknown";
  }
}

std::string_view stateKey(v1::SessionState state) {
  switch (state) {
    case v1::SESSION_LIVE: return "live";
    case v1::SESSION_COMPLETE: return "complete";
    case v1::SESSION_CUT_SHORT: return "cutShort";
    case v1::SESSION_RECORDED_ELSEWHERE: return "recording";
    default: return {};
  }
}

}  // namespace words
}  // namespace heaptap
