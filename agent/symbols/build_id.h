// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heaptap::symbols {

/// The build id of an ELF file, raw bytes; empty when it has none, or is no ELF file.
std::string buildIdOf(int descriptor);

}  // namespace heaptap::symbols
