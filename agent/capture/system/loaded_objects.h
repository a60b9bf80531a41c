// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

struct link_map;

namespace heaptap::capture {

/// The loaded binary that covers an address, as the loader knows it.
struct LoadedObject {
  std::uint64_t start = 0;  ///< First address of the mapping.
  std::uint64_t end = 0;
  std::uint64_t bias = 0;      ///< Load address minus address in the file.
  const char* path = nullptr;  ///< As the loader has it; "" for the executable. Owned by the loader.
  const std::uint8_t* ehFrameHdr = nullptr;  ///< The .eh_frame_hdr section, null when there is none.

  [[nodiscard]] bool covers(std::uint64_t address) const { return address >= start && address < end; }
};

/// Learns where the program itself lies. Called once, before recording.
void prepareObjectLookup();

/// Finds the object that covers `pc`; false when none does.
/// Without the lock-free look-up dl_iterate_phdr is asked, which takes the loader's lock.
/// Threads: any; in a signal handler too where the look-up is lock-free.
bool findLoadedObject(std::uint64_t pc, LoadedObject& object);

/// The same by dl_iterate_phdr only: the way of older systems, apart so that tests can compare the two.
bool findLoadedObjectByIteration(std::uint64_t pc, LoadedObject& object);

/// The build id note of a loaded object (elf(5), NT_GNU_BUILD_ID), read from memory.
struct BuildId {
  const std::uint8_t* bytes = nullptr;  ///< In the object's own mapping.
  std::uint32_t length = 0;             ///< 0: there is none.
};
BuildId findBuildId(const LoadedObject& object);

}  // namespace heaptap::capture
