// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "agent/capture/system/arch/arch.h"
#include "agent/capture/unwind/stack_memory.h"

namespace heaptap::capture {

/// Evaluates a DWARF location expression as CFI uses them (DWARF 5 section 2.5): PLT entries, realigned
/// frames, signal frames. `initial`, when given, starts on the stack (the CFA, for register rules).
/// Nothing when an operation is unknown, a register is not known, or memory may not be read.
std::optional<std::uint64_t> evaluate(const std::uint8_t* expression, std::uint32_t bytes,
                                      const arch::Registers& registers, const StackMemory& memory,
                                      std::optional<std::uint64_t> initial);

}  // namespace heaptap::capture
