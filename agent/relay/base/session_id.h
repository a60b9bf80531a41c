// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heaptap::relay {

/// 16 bytes that no other session has.
std::string randomId();
/// Bytes as lower-case hexadecimal digits.
std::string hex(const std::string& bytes);

}  // namespace heaptap::relay
