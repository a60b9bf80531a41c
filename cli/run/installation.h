// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace heaptap::cli {

/// The parts of heaptap that `run` needs. They lie relative to the running program in the same way in a
/// build folder and after an installation: PREFIX/bin and PREFIX/lib/heaptap.
struct Installation {
  std::filesystem::path program;
  std::filesystem::path relay;
  std::filesystem::path preload;

  /// Errors: Unavailable: a part is missing, or its path cannot be put into LD_PRELOAD.
  [[nodiscard]] static Result<Installation> find();

  /// One line when users other than the owner may not read what is preloaded; nothing when they may.
  [[nodiscard]] std::optional<std::string> closedToOthers() const;
};

}  // namespace heaptap::cli
