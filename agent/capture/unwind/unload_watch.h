// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace heaptap::capture {

/// Notices that binaries were unloaded. A hooked dlclose is not enough: libc unloads converters (iconv_close)
/// without calling it, and so can programs.
///
/// Nothing needs to be known at once: what is remembered of an unloaded binary does harm only when another
/// one runs at its addresses. For each binary that it loads, the loader allocates, before any code of it
/// runs. So it is enough to look at the loader's allocations, whether something was unloaded since the last
/// look. Only in the namespace of the program itself, and where the loader allocates by the interposed
/// functions; elsewhere (dlmopen, a program with an allocator of its own) the hook must do.
/// Constant-initialised. Threads: any.
class UnloadWatch {
 public:
  /// Finds the loader. Before any other use; without it nothing is noticed.
  void open();

  /// Whether something may have been unloaded between the last call and this one; to be asked at an
  /// allocation by code at `pc`. Hot path: one comparison, except for the loader's own allocations.
  bool unloadedBefore(std::uint64_t pc) { return pc - m_loader < m_loaderBytes && looksDifferent(); }

 private:
  bool looksDifferent();

  std::uint64_t m_loader = 0;
  std::uint64_t m_loaderBytes = 0;
  std::atomic<unsigned long long> m_unloads{0};
};

}  // namespace heaptap::capture
