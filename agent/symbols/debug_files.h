// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/symbols/search_places.h"
#include "base/unique_fd.h"

namespace heaptap::symbols {

/// What is known of a binary whose debug information lies in a file of its own.
struct SeparateDebug {
  std::vector<std::string> paths;  ///< Of the binary, absolute: as the target saw it, as it is here.
  std::string buildId;             ///< Raw bytes; empty: none.
  std::string link;                ///< Its name, from .gnu_debuglink; empty: none.
  std::uint32_t checksum = 0;      ///< Of the whole debug file, with the link.
};

/// Looks for separate debug files (GDB's manual, "Debugging Information in Separate Files"): below the debug
/// folders by build id, beside the binary, in .debug there, and below the debug folders by the binary's path;
/// then at the servers. What is found is used with the right build id only, or checksum where there is none.
class DebugFiles {
 public:
  explicit DebugFiles(SearchPlaces places) : m_places(std::move(places)) {}

  struct Found {
    UniqueFd file;
    std::string path;
  };
  [[nodiscard]] std::optional<Found> find(const SeparateDebug& wanted);
  /// What several debug files share (dwz, .gnu_debugaltlink). `from`: the debug file that refers to it.
  [[nodiscard]] std::optional<Found> findShared(const std::string& link, const std::string& buildId,
                                                const std::string& from);

  /// Returns true when there was a file in the right place that belongs to another build.
  [[nodiscard]] bool hasSeenOther() const { return m_hasSeenOther; }
  /// Returns true when there were too few descriptors to look.
  [[nodiscard]] bool lacksDescriptors() const { return m_lacksDescriptors; }

 private:
  struct Check {
    const std::string* buildId;
    std::optional<std::uint32_t> checksum;
  };
  std::optional<Found> tryFile(const std::string& path, const Check& check);
  std::optional<Found> tryBuildId(const std::string& buildId);
  std::optional<Found> tryServers(const std::string& buildId);

  SearchPlaces m_places;
  bool m_hasSeenOther = false;
  bool m_lacksDescriptors = false;
};

/// `.build-id/ab/cdef` and what follows; empty for an id that is too short.
[[nodiscard]] std::string buildIdPath(const std::string& buildId, const std::string& suffix);

}  // namespace heaptap::symbols
