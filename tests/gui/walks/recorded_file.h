// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "tests/support/temporary_folder.h"

namespace heaptap::gui::test {

inline constexpr int kWalkLimitMs = 30'000;

/// Records a session with something for each view into the folder: five seconds, two threads, a leak in
/// parse, wrong frees, marks, and a heap beside malloc's. Returns: its file.
[[nodiscard]] QString recordedFile(const heaptap::test::TemporaryFolder& folder);

}  // namespace heaptap::gui::test
