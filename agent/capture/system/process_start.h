// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::capture {

/// What the kernel has given this process at its start (getauxval(3)). Zero where it is not known.
struct ProcessStart {
  std::uint64_t loader = 0;          ///< ELF header of the dynamic loader.
  std::uint64_t vdso = 0;            ///< ELF header of the vDSO.
  std::uint64_t programHeaders = 0;  ///< Of the program; the loader's own where that was executed.
  std::uint64_t programHeaderCount = 0;
  bool isSecure = true;  ///< The program has another's rights, or may have.
};

/// Asks the kernel, by system calls: at any time, before libc is initialised too. Nothing of libc's is
/// called.
ProcessStart readProcessStart();

}  // namespace heaptap::capture
