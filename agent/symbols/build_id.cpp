// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/build_id.h"

#include <elfutils/libdwelf.h>
#include <libelf.h>

#include <memory>

namespace heaptap::symbols {

std::string buildIdOf(int descriptor) {
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_begin(descriptor, ELF_C_READ, nullptr), &elf_end);
  if (elf == nullptr || elf_kind(elf.get()) != ELF_K_ELF) return {};
  const void* bytes = nullptr;
  const ssize_t length = dwelf_elf_gnu_build_id(elf.get(), &bytes);
  return length > 0 ? std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(length))
                    : std::string();
}

std::string hexadecimal(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace heaptap::symbols
