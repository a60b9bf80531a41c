// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/message_sink.h"
#include "agent/relay/shared_memory.h"
#include "agent/relay/target_process.h"

namespace heaptap::relay {

/// A binary that the target has loaded, kept open so that it can be read after the target ended.
struct Module {
  std::string path;     ///< As the target sees it.
  std::string buildId;  ///< Raw bytes.
  std::uint64_t start = 0, end = 0;
  std::uint64_t bias = 0;
  UniqueFd file;  ///< None when it could not be opened.
};

/// Brings modules from shared memory into the session, when something first refers to them.
/// Equal entries become one module. What breaks the layout's rules is no module.
/// Threads: the drain's.
class ModuleImport {
 public:
  ModuleImport(const SharedMemory& memory, const TargetProcess& process)
      : m_memory(memory), m_process(process) {}

  /// Session index of an entry of the module table; none when there is no such (complete, sound) entry.
  std::optional<std::uint32_t> indexOf(std::uint32_t entry);
  [[nodiscard]] const std::vector<Module>& modules() const { return m_modules; }

  /// Sends the modules that are new since the last call.
  void flush(MessageSink& sink);

 private:
  std::optional<Module> read(std::uint32_t entry) const;

  const SharedMemory& m_memory;
  const TargetProcess& m_process;
  std::vector<Module> m_modules;
  absl::flat_hash_map<std::uint32_t, std::uint32_t> m_byEntry;
  std::size_t m_sent = 0;
};

}  // namespace heaptap::relay
