// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Sessions that no relay has recorded say in place of a version what they are.
namespace heaptap::model {

/// Made of another profiler's file; what that does not tell follows.
inline constexpr std::string_view kImported = "imported from ";
/// A copy with other names; what the original says follows.
inline constexpr std::string_view kAnonymized = "anonymized; ";

[[nodiscard]] constexpr bool isAnonymized(std::string_view agentVersion) {
  return agentVersion.starts_with(kAnonymized);
}

/// Without the mark of a copy.
[[nodiscard]] constexpr std::string_view originalVersion(std::string_view agentVersion) {
  while (isAnonymized(agentVersion)) agentVersion.remove_prefix(kAnonymized.size());
  return agentVersion;
}

[[nodiscard]] constexpr bool isImported(std::string_view agentVersion) {
  return originalVersion(agentVersion).starts_with(kImported);
}

/// Of imported sessions, what their format tells; of all others everything is known.
[[nodiscard]] constexpr bool tellsTemporaries(std::string_view agentVersion) {
  const std::string_view version = originalVersion(agentVersion);
  return !isImported(version) || version.substr(kImported.size()).starts_with("heaptrack");
}
[[nodiscard]] constexpr bool tellsPeak(std::string_view agentVersion) {
  const std::string_view version = originalVersion(agentVersion);
  return tellsTemporaries(version) || version.substr(kImported.size()).starts_with("massif");
}

}  // namespace heaptap::model
