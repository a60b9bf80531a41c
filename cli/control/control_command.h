// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "heaptap/v1/control.pb.h"

namespace heaptap::cli {

struct ControlOptions {
  std::string target;  ///< A process id; with a collector also a session's id or its beginning.
  std::optional<std::string> collector;
  v1::ControlCommand command;
};

/// `heaptap pause|resume|mark|stop`: sends the command to the collector that records the process, which
/// passes it on to the relay. Returns the exit status; an error is one line.
[[nodiscard]] int controlCommand(const ControlOptions& options);

}  // namespace heaptap::cli
