// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libelf.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/symbols/interval_index.h"

namespace heaptap::symbols {

/// Where the functions of a binary begin and end, as its .eh_frame says: each has a frame description entry
/// (FDE) of its own, in stripped binaries too. Hand-written code may have none. Errors: of damaged unwind
/// information, what comes before the damage.
class FunctionBounds {
 public:
  /// Reads everything at once. `bias` is added to all addresses of the file. Owns: nothing of `elf`.
  FunctionBounds(Elf* elf, std::uint64_t bias);

  /// By begin.
  [[nodiscard]] const std::vector<AddressRange>& all() const { return m_functions; }
  /// The function around `address`; nothing where no FDE says so.
  [[nodiscard]] std::optional<AddressRange> around(std::uint64_t address) const;
  /// Whether a function begins or ends within (from, to].
  [[nodiscard]] bool isBoundBetween(std::uint64_t from, std::uint64_t to) const;

 private:
  std::vector<AddressRange> m_functions;  ///< By begin.
};

}  // namespace heaptap::symbols
