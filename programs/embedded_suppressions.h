// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace heaptap::programs {

/// The text that a program's `__lsan_default_suppressions` returns: suppressions of LeakSanitizer that are
/// built in. Nothing of the program is run: the function's machine code (x86-64) is read, and the text is
/// only told where the code does nothing but return the address of a constant in the file. `buildId`: raw
/// bytes that the file must have; empty: any file will do. The file is read only when it is a regular one.
/// Returns none where there is no such function, where it does more than that, or where the file is another
/// one.
[[nodiscard]] std::optional<std::string> embeddedSuppressions(const std::string& file,
                                                              std::string_view buildId);

}  // namespace heaptap::programs
