// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/relay/target/target_process.h"
#include "agent/symbols/made/made_names.h"
#include "base/unique_fd.h"

namespace heaptap::relay {

/// Names of code in memory of no file, which the target has made itself: from `/tmp/perf-PID.map`, and from
/// its `jit-PID.dump`, which has files and lines, too. PID is the target's own word for itself, and paths are
/// those that it sees. Only what belongs to the target's user or to root is read: in /tmp anybody may put a
/// file. Threads: one at a time.
class MadeCode {
 public:
  explicit MadeCode(const TargetProcess& process);

  /// What is known of these addresses by now. Reads the files anew, as programs go on writing them.
  /// `addresses`: sorted.
  [[nodiscard]] symbols::MadeNames namesOf(const std::vector<std::uint64_t>& addresses);

 private:
  [[nodiscard]] UniqueFd open(const std::string& path) const;
  [[nodiscard]] UniqueFd openDump();

  const TargetProcess& m_process;
  const uid_t m_user;
  std::string m_dump;  ///< Its path, once the target was seen to map it.
};

}  // namespace heaptap::relay
