// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heaptap::symbols {

/// The build id of an ELF file, raw bytes; empty when it has none, or is no ELF file.
std::string buildIdOf(int descriptor);

/// Bytes as people write them: `0a1b`.
[[nodiscard]] std::string hexadecimal(std::string_view bytes);

}  // namespace heaptap::symbols
