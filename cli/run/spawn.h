// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::cli {

/// A copy of an environment that can be changed.
class Environment {
 public:
  /// That of this process.
  [[nodiscard]] static Environment current();

  void set(const std::string& name, const std::string& value);
  void remove(const std::string& name);
  [[nodiscard]] std::optional<std::string> get(const std::string& name) const;
  [[nodiscard]] const std::vector<std::string>& entries() const { return m_entries; }

 private:
  std::vector<std::string> m_entries;  ///< NAME=VALUE, in their order.
};

/// Starts COMMAND: in this process group, with the standard streams and working folder of this process and
/// with `mask`; nothing else is inherited.
/// Errors: CannotExecute, NotFound.
[[nodiscard]] Result<pid_t> spawnCommand(const std::filesystem::path& file, std::vector<std::string> argv,
                                         const Environment& environment, const sigset_t& mask);

/// The descriptor number under which a companion finds its end of the control channel.
inline constexpr int kControlDescriptor = 3;

/// Starts a process of heaptap's own that may outlive this one: in a session of its own, so that signals
/// of the terminal pass it by; with no standard streams, so that a pipe behind COMMAND ends with COMMAND;
/// never traced; every signal at its default.
/// Errors: Unavailable.
[[nodiscard]] Result<pid_t> spawnCompanion(const std::filesystem::path& file, std::vector<std::string> argv,
                                           const UniqueFd& control);

}  // namespace heaptap::cli
