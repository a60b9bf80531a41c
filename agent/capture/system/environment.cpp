// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/environment.h"

#include <elf.h>

#include <cstdint>
#include <cstring>

#include "agent/capture/system/c_library.h"
#include "agent/capture/system/dynamic_symbols.h"
#include "agent/capture/system/kernel.h"

namespace heaptap::capture {
namespace {

// Behind the arguments and their null (System V AMD64 ABI, initial process stack).
char** initialEnvironment() {
  const CLibrary& library = cLibrary();
  char** word = library.arguments != nullptr ? *library.arguments : nullptr;
  if (word == nullptr && library.stackEnd != nullptr && *library.stackEnd != nullptr)
    word = static_cast<char**>(*library.stackEnd) + 1;  // Behind their number.
  if (word == nullptr) return nullptr;
  while (*word != nullptr) ++word;
  return word + 1;
}

}  // namespace

char** environment() {
  // The first definition, as libc itself uses it: the program may have a copy (R_X86_64_COPY).
  const auto* const variable = static_cast<char** const*>(findDynamicSymbol("__environ", nullptr));
  char** const now = variable == nullptr ? nullptr : *variable;
  return now != nullptr && kernel::isReadable(reinterpret_cast<std::uintptr_t>(now)) ? now
                                                                                     : initialEnvironment();
}

const char* environmentVariable(const char* name) {
  if (cLibrary().isSecure) return nullptr;
  const std::size_t length = std::strlen(name);
  for (char** entry = environment(); entry != nullptr && *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, name, length) != 0 || (*entry)[length] != '=') continue;
    return (*entry)[length + 1] != 0 ? *entry + length + 1 : nullptr;
  }
  return nullptr;
}

}  // namespace heaptap::capture
