// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/leaks/leak_report.h"

namespace heaptap::analysis {

enum class SuppressionFormat : std::uint8_t { Lsan, Valgrind };

/// `lsan` or `valgrind`; none: another word.
[[nodiscard]] std::optional<SuppressionFormat> suppressionFormat(std::string_view word);

/// Suppressions for what a report says is leaked (growing, and once), one for each group: LeakSanitizer's by
/// function, valgrind's by stack. What is read back from it suppresses the same leaks, and no others that
/// differ in the lines that it has. A comment says how much each was.
[[nodiscard]] std::string suppressionsFor(const LeakReport& report, SuppressionFormat format);

}  // namespace heaptap::analysis
