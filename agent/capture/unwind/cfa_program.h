// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/unwind/cfi.h"
#include "agent/capture/unwind/dwarf_reader.h"

namespace heaptap::capture {

/// One FDE together with what its CIE says: all that the CFA programs need.
struct FrameDescription {
  std::uint64_t codeStart = 0;
  std::uint64_t codeEnd = 0;
  std::uint64_t codeAlign = 1;
  std::int64_t dataAlign = 1;
  std::uint32_t returnAddressRegister = arch::kReturnAddress;
  std::uint8_t pointerEncoding = pointer_encoding::kAbsolute;
  bool hasAugmentationData = false;
  bool signalFrame = false;
  DwarfReader initialProgram{nullptr, nullptr};  ///< Of the CIE.
  DwarfReader program{nullptr, nullptr};         ///< Of the FDE.
};

/// Runs the CIE's and then the FDE's instructions up to `pc` (DWARF 5 section 6.4.3).
/// False when an instruction is unknown or breaks off.
bool runCfaProgram(const FrameDescription& description, std::uint64_t pc, CfiScratch& scratch,
                   UnwindRow& row);

}  // namespace heaptap::capture
