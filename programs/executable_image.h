// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace heaptap::programs {

/// What the headers of an ELF file say about running it.
struct ExecutableImage {
  bool foreign = false;  ///< Made for another machine or word size; nothing else is filled in.
  std::string madeFor;   ///< For people: "32-bit x86", "AArch64".
  bool program = false;  ///< An executable or a position-independent one, not an object or core file.
  bool positionIndependent = false;
  std::optional<std::string> loader;  ///< PT_INTERP: none in a static program.
  bool isLoader = false;              ///< It is ld.so itself, which honours LD_PRELOAD.
  bool exportsMalloc = false;         ///< Defines `malloc` for the whole process, …
  bool mallocReports = false;         ///< … which tells heaptap itself (HEAPTAP_ROUTE_MALLOC).
  std::string sanitizer;        ///< "AddressSanitizer", …: is built with one that brings its own malloc.
  std::string linkedAllocator;  ///< "jemalloc", …: has its functions linked into it, by other names.
};

/// Why such a program runs unrecorded whatever its environment says: half a sentence, "it is static"; empty
/// when nothing in the file speaks against it.
[[nodiscard]] std::string whyNotRecorded(const ExecutableImage& image);

/// Reads the headers from an open file; `where` is for the error.
/// Errors: Corrupt: no ELF file, or one that breaks its own rules. Never more memory than the file is long.
[[nodiscard]] Result<ExecutableImage> readExecutableImage(int descriptor, const std::string& where);

}  // namespace heaptap::programs
