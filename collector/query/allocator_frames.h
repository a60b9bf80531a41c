// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace heaptap::query {

/// Whether a function belongs to the allocator rather than to the program that called it: the malloc
/// family, operators new and delete, Rust's allocation shims, heaptap's own code.
/// `function`: demangled; may be empty. `module`: path; may be empty. `file`: of the source, likewise: what
/// Rust says of inlined functions is no more than their last name.
bool isAllocatorFrame(std::string_view function, std::string_view module, std::string_view file = {});

}  // namespace heaptap::query
