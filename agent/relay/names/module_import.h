// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/names/binary_search.h"
#include "agent/relay/target/shared_memory.h"
#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// A binary that the target has loaded.
struct Module {
  BinaryClaim claim;
  BinarySource source;

  /// What the session calls it.
  [[nodiscard]] const std::string& path() const {
    return source.path.empty() ? claim.loaderPath : source.path;
  }
};

/// Brings modules from shared memory into the session, when something first refers to them.
/// Equal entries become one module. What breaks the layout's rules is no module.
/// Their files are looked for as soon as they are registered, because they may be unloaded, and removed,
/// soon. Threads: the drain's.
class ModuleImport {
 public:
  /// `process`: index of the process, which registers the modules that are looked for at once.
  ModuleImport(const SharedMemory& memory, const TargetProcess& process, std::uint32_t index)
      : m_memory(memory), m_process(process), m_index(index) {}

  /// Looks for the files of modules that were registered since the last call.
  void findNew();

  /// Session index of an entry of the module table; none when there is no such (complete, sound) entry.
  std::optional<std::uint32_t> indexOf(std::uint32_t entry);
  [[nodiscard]] const std::vector<Module>& modules() const { return m_modules; }

  /// Sends the modules that are new since the last call.
  void flush(MessageSink& sink);

 private:
  std::optional<BinaryClaim> read(std::uint32_t entry) const;
  BinarySource find(const BinaryClaim& claim, ProcessMappings& mappings);
  std::optional<std::string> text(const std::uint32_t& offset, const std::uint32_t& length) const;

  const SharedMemory& m_memory;
  const TargetProcess& m_process;
  const std::uint32_t m_index;
  std::uint32_t m_seen = 0;                ///< Entries looked at, …
  std::vector<std::uint32_t> m_unwritten;  ///< … of which these were incomplete.
  std::map<BinaryClaim, BinarySource> m_found;
  std::map<BinaryClaim, std::uint32_t> m_byClaim;
  std::size_t m_imageBytes = 0;  ///< Read from the process's memory.
  std::vector<Module> m_modules;
  absl::flat_hash_map<std::uint32_t, std::uint32_t> m_byEntry;
  std::size_t m_sent = 0;
};

}  // namespace heaptap::relay
