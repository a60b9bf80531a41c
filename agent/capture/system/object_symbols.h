// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elf.h>

#include <cstdint>

namespace heaptap::capture {

/// An ELF image in memory, found by its header.
struct LoadedImage {
  std::uint64_t start = 0;
  std::uint64_t end = 0;   ///< Behind the last segment.
  std::uint64_t bias = 0;  ///< Load address minus address in the file.
  const Elf64_Dyn* dynamic = nullptr;
};

/// The image whose ELF header and program headers lie at `header`, which can be read: the loader's, the
/// vDSO's. Empty when there is none.
LoadedImage imageAt(std::uint64_t header);

/// The dynamic symbols of one loaded object (ELF gABI, "Dynamic Section"; GNU hash as in binutils). Calls
/// nothing; refers to the object's own memory.
class ObjectSymbols {
 public:
  ObjectSymbols(std::uint64_t bias, const Elf64_Dyn* dynamic);

  /// The symbol that the object defines by this name for newly linked programs, null when there is none.
  [[nodiscard]] const Elf64_Sym* find(const char* name) const;

  /// Where it is, null when there is none. Of an indirect function (STT_GNU_IFUNC) what its resolver answers.
  [[nodiscard]] void* addressOf(const char* name) const;

  /// "" when there is none.
  [[nodiscard]] const char* soname() const;

 private:
  [[nodiscard]] bool isDefinition(std::uint32_t index, const char* name) const;
  [[nodiscard]] const Elf64_Sym* findByGnuHash(const char* name) const;
  [[nodiscard]] const Elf64_Sym* findByHash(const char* name) const;

  std::uint64_t m_bias;
  const Elf64_Sym* m_symbols = nullptr;
  const char* m_strings = nullptr;
  const std::uint16_t* m_versions = nullptr;
  const std::uint32_t* m_gnuHash = nullptr;
  const std::uint32_t* m_hash = nullptr;
  std::uint64_t m_soname = 0;  // 0 is the empty name in every string table.
};

}  // namespace heaptap::capture
