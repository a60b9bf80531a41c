// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace heaptap::cli {

struct PrivateCollectorOptions {
  std::filesystem::path socket;
  std::filesystem::path output;  ///< File of the first image; empty: files in `directory`.
  std::filesystem::path directory;
  bool force = false;
  std::uint64_t maxFileBytes = 0;
  int controlDescriptor = -1;
};

/// The hidden subcommand `private-collector`: hosts a collector for one `heaptap run`, in a process of its
/// own, so that it can outlive that until the last session has ended.
///
/// Control packets to `run`: `ready`; `session ID FILE`; `closed ID ALLOCATIONS FILE`, or `cut` with the same
/// without a goodbye; `failed ID TEXT` (ID is `-` when unknown); `error CODE TEXT`. From `run`: `relay PID`,
/// the one process that records; `finish`, or the end of the channel: leave once the relay is gone and
/// everything is stored.
[[nodiscard]] int privateCollector(const PrivateCollectorOptions& options);

}  // namespace heaptap::cli
