// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heaptap::symbols {

/// The name as a programmer writes it, for C++ (Itanium ABI) and Rust (legacy and v0) symbols; other names
/// come back unchanged, without a symbol version (`@GLIBC_2.14`). Rust's legacy hashes are left out.
/// Errors: a name whose demangled form would be absurdly long comes back as it is.
[[nodiscard]] std::string demangle(const char* symbol);

/// The name without the compiler's marks for parts and copies of a function (` [clone .cold]`).
[[nodiscard]] std::string withoutCloneMarks(std::string demangled);

}  // namespace heaptap::symbols
