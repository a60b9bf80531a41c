// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "heaptap/v1/query.pb.h"

namespace heaptap {
inline namespace words {

/// Whether a collector is recording it: this one, or another whose file was read.
[[nodiscard]] bool isBeingRecorded(v1::SessionState state);

/// Whether the process came to its own end, to the end of its record: only then can what is left be leaked.
[[nodiscard]] bool hasEndedByItself(const v1::Summary& summary);

/// What the blocks that are left are called as long as it was not judged which of them are leaked:
/// "left at end" once the process has ended by itself, else "live at end", and "live" while it runs.
[[nodiscard]] std::string leftWord(const v1::Summary& summary);

/// "pid 4711"; empty: it is not known, as in what was made of another profiler's file.
[[nodiscard]] std::string pidWords(const v1::SessionInfo& info);

/// "live", "complete", "recording" or "cut short".
[[nodiscard]] std::string stateWord(v1::SessionState state);
/// The same in JSON; empty: unknown.
[[nodiscard]] std::string_view stateKey(v1::SessionState state);

}  // namespace words
}  // namespace heaptap
