// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elf.h>

#include <string>
#include <vector>

namespace heaptap::symbols {

/// Makes an ELF file of sections alone, for libdw to read: no code, no segments.
class ElfImage {
 public:
  ElfImage();
  void add(const std::string& name, const std::string& bytes);
  /// The file. Nothing may be added afterwards.
  [[nodiscard]] std::string finish();

 private:
  std::uint32_t nameOf(const std::string& section);

  std::string m_bytes;
  std::string m_names;
  std::vector<Elf64_Shdr> m_headers;
};

/// Appends a number, or a structure of ELF's, as x86-64 has it in memory.
template <class Value>
void appendRaw(std::string& bytes, const Value& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace heaptap::symbols
