// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agent/relay/names/binary_file.h"
#include "agent/relay/target/target_process.h"
#include "agent/wire/layout.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// What a target has said of a binary that it has loaded.
struct BinaryClaim {
  std::string loaderPath;  ///< As the loader has it; perhaps relative to a folder that the process has left.
  std::string filePath;    ///< As the kernel has it; empty: unknown.
  std::string buildId;     ///< Raw bytes; empty: none.
  std::uint64_t start = 0, end = 0;
  std::uint64_t bias = 0;
  std::uint64_t firstPage = 0;  ///< See wire::ModuleEntry.
  wire::FileIdentity file{};
  bool isProgram = false;

  friend auto operator<=>(const BinaryClaim&, const BinaryClaim&) = default;
};

/// Where the names of a binary can come from.
struct BinarySource {
  std::shared_ptr<BinaryFile> file;          ///< Null: nowhere, or …
  std::shared_ptr<const std::string> image;  ///< … what was in the process's memory, as an ELF file.
  v1::ModuleNames::Missing missing = v1::ModuleNames::MISSING_UNSPECIFIED;  ///< Why there is no file.
  std::string path;  ///< The best one that is known of the file; empty: none.
};

/// The mappings of a process as they are when they are first asked for: for several searches in a row.
class ProcessMappings {
 public:
  explicit ProcessMappings(const TargetProcess& process) : m_process(process) {}

  [[nodiscard]] const TargetProcess& process() const { return m_process; }
  const std::string& text() {
    if (!m_text) m_text = m_process.mappings();
    return *m_text;
  }

 private:
  const TargetProcess& m_process;
  std::optional<std::string> m_text;
};

/// Finds the file that a target has loaded: what bears its path may be another one by now. It is the right
/// one when stat(2) shows what it showed to the target, or the build id and the first page are those that the
/// target has in memory. Else what the target has mapped is opened, or read from its memory, while it lives.
/// `room`: bytes that may be read from there.
BinarySource findBinary(const BinaryClaim& claim, ProcessMappings& mappings, std::size_t room);

}  // namespace heaptap::relay
