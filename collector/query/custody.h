// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace heaptap::query {

/// RecordedElsewhere: another collector is recording it, and this one has read its file.
enum class State { Live, Complete, CutShort, RecordedElsewhere };

/// Of a session that is read from a file. `isWritten`: a collector writes it just now.
[[nodiscard]] constexpr State stateOfStored(bool isWhole, bool isWritten) {
  if (isWhole) return State::Complete;
  return isWritten ? State::RecordedElsewhere : State::CutShort;
}

/// What is known of a session beside its events: where it is kept, and what was lost on the way there.
struct Custody {
  State state = State::Live;
  bool finished = true;   ///< Of CutShort: false when its collector did not come to close it.
  std::string file = {};  ///< Empty: not stored.
  std::uint64_t eventsNotStored = 0;
  std::uint64_t storedEventBytes = 0;
  std::optional<std::string> storeFailed = std::nullopt;       ///< Why the file does not hold everything.
  std::optional<std::string> newerFormat = std::nullopt;       ///< Of the file, where this build knows less.
  std::optional<std::uint64_t> collectorCpuNs = std::nullopt;  ///< Spent on this session.
};

}  // namespace heaptap::query
