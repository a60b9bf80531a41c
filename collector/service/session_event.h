// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace heaptap::service {

/// What a collector tells its host about the sessions that it records.
struct SessionEvent {
  enum class Kind {
    Opened,   ///< A relay said hello; `file` exists and is being written.
    Waiting,  ///< Its relay has left without a goodbye, or before this collector was started.
    Resumed,  ///< The relay came back.
    Reduced,  ///< From now on only numbers are stored, no events: see `error`. It goes on.
    Restored,  ///< There is room again: from now on events are stored, too.
    Closed,   ///< Everything is stored, and the file is closed. `complete` tells how it ended.
    Crowded,  ///< Once: relays wait until another session ends, see `error`. Of no session.
    Removed,  ///< A stored session was removed, as it was beyond a limit of the folder: see `why`.
    Failed,   ///< Refused, or broken: see `error`. One that was open is closed (and reported) next, if it can
              ///< be.
  };

  Kind kind;
  std::string session;                ///< Id, 32 hexadecimal digits; empty when the hello was not understood.
  std::filesystem::path file;         ///< Where the session is stored.
  unsigned image = 0;                 ///< 0 for the first image of a tree.
  bool complete = false;              ///< Closed: the relay said goodbye. Otherwise the session is cut short.
  std::uint64_t eventsNotStored = 0;  ///< Closed: counted, but not kept one by one.
  std::uint64_t allocations = 0;      ///< Closed: of all heaps together.
  std::string why = {};               ///< Removed only.
  std::optional<Error> error;         ///< Failed, Reduced and Crowded only.
};

}  // namespace heaptap::service
