// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heaptap::relay {

/// `bytes` as a proto string can carry them: what is not UTF-8 becomes U+FFFD. Paths, arguments and thread
/// names may hold any byte.
std::string validUtf8(std::string_view bytes);

}  // namespace heaptap::relay
