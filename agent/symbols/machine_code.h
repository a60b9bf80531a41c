// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libelf.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/symbols/interval_index.h"

namespace heaptap::symbols {

/// The instructions of a binary that lead from one function to another. x86-64.
/// Owns: nothing of the ELF file, which outlives this.
class MachineCode {
 public:
  /// Where a jump or a call leads: to code, or to where a pointer in memory says.
  struct Jump {
    std::uint64_t target = 0;
    bool isPointer = false;
  };

  /// `bias`: added to all addresses of the file.
  MachineCode(Elf* elf, std::uint64_t bias);

  /// What is in the file at these addresses; empty when they are not code.
  [[nodiscard]] std::string_view at(AddressRange range) const;
  /// Returns true when it is in a procedure linkage table, which the linker has made.
  [[nodiscard]] bool isLinkage(std::uint64_t address) const;
  /// The call that returns to `address`; nothing where that was known only when it ran.
  [[nodiscard]] std::optional<Jump> callBefore(std::uint64_t address) const;
  /// The jump that is all of the function at `address`, as in a procedure linkage table.
  [[nodiscard]] std::optional<Jump> onlyJump(std::uint64_t address) const;
  /// The jumps that may leave `function`. Instructions are not decoded, so that some may be none: the
  /// caller must know the target as the start of a function.
  [[nodiscard]] std::vector<Jump> jumpsOut(AddressRange function) const;
  /// Whether it may call a function by a pointer in a register.
  [[nodiscard]] bool callsRegister(AddressRange function) const;
  /// How many calls it may make.
  [[nodiscard]] std::size_t calls(AddressRange function) const;

 private:
  struct Section {
    AddressRange range;
    std::string_view bytes;
    bool isLinkage;
  };
  std::vector<Section> m_sections;
};

}  // namespace heaptap::symbols
