// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/symbols/search_places.h"
#include "collector/model/definitions.h"
#include "collector/store/name_repair.h"

namespace heaptap::cli {

/// What became of one module whose frames lack names or lines.
struct ModuleOutcome {
  enum class Kind { Read, NotFound, OtherBuild, NoBuildId, Unreadable };
  Kind kind = Kind::Read;
  std::string path;
  std::string buildId;          ///< Raw bytes.
  std::string from;             ///< Where the names come from; of OtherBuild: the file that is not used.
  std::uint64_t wanted = 0;     ///< Frames without all that they could have.
  std::uint64_t named = 0;      ///< Of those, got a function.
  std::uint64_t withLines = 0;  ///< Of those, got a line.
  bool lacksLines = false;      ///< See symbols::LinesMissing.
};

using NamesProgress = std::function<void(const std::string& path, double share)>;

/// Looks up the frames of a stored session that lack functions or lines, and notes in `repair` what is better
/// than what the session has. Modules are told apart by build id; without one nothing proves which file it
/// was. `onProgress`: called before each module, and now and then, with the module's path and the share of
/// all frames that are done (0 to 1). Cost: the debug information of one module at a time.
[[nodiscard]] std::vector<ModuleOutcome> findMissingNames(const model::DefinitionsView& session,
                                                          const symbols::SearchPlaces& places,
                                                          store::NameRepair& repair,
                                                          const NamesProgress& onProgress);

}  // namespace heaptap::cli
