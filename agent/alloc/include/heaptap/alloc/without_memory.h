// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/alloc_error.h>

#include <new>

namespace heaptap::detail {

/// What must throw by the standard's contract: std::bad_alloc. In a program without exceptions,
/// handleAllocError.
[[noreturn]] inline void throwBadAlloc([[maybe_unused]] std::size_t size) {
#if defined(__cpp_exceptions)
  throw std::bad_alloc();
#else
  handleAllocError(Layout::from(size, 1).value_or(Layout::fromUnchecked(PTRDIFF_MAX, 1)));
#endif
}

/// The same for more bytes than a size_t can say.
[[noreturn]] inline void throwBadArrayLength() {
#if defined(__cpp_exceptions)
  throw std::bad_array_new_length();
#else
  handleAllocError(Layout::fromUnchecked(PTRDIFF_MAX, 1));
#endif
}

}  // namespace heaptap::detail
