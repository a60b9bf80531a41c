// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>

namespace heaptap {

/// Always out of memory: Arena<Nothing> is an arena that ends with its buffer.
struct Nothing {
  [[nodiscard]] void* alloc(Layout /*layout*/) const noexcept { return nullptr; }
  void dealloc(void* /*block*/, Layout /*layout*/) const noexcept {}
  [[nodiscard]] bool owns(const void* /*block*/, Layout /*layout*/) const noexcept { return false; }
  friend constexpr bool operator==(Nothing, Nothing) noexcept { return true; }
};

}  // namespace heaptap
