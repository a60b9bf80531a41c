// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libelf.h>

#include <memory>

namespace heaptap::programs {

struct EndElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};

/// A file as libelf reads it.
using ElfHandle = std::unique_ptr<Elf, EndElf>;

}  // namespace heaptap::programs
