// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace heaptap::query {

/// Whether a function belongs to the allocator rather than to the program that called it: the malloc
/// family, operators new and delete, Rust's allocation shims, heaptap's own code.
/// `function`: demangled; may be empty. `module`: path; may be empty.
bool isAllocatorFrame(std::string_view function, std::string_view module);

}  // namespace heaptap::query
