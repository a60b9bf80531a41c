// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "gui/models/estimate.h"

/// Numbers that may be estimates. Exact ones look as in quantity_text.h.
namespace heaptap::gui {

/// `≈ 1,234 ± 56`.
[[nodiscard]] QString countText(const Estimate& count);

/// `≈ 3.00 MiB ± 120 KiB`.
[[nodiscard]] QString bytesText(const Estimate& bytes);

/// The error alone, for where the number stands apart from it: `± 120 KiB`; empty when the number is exact.
[[nodiscard]] QString bytesErrorText(const Estimate& bytes);

/// For cells of tables, where there is little room: `≈1,234` and `≈3.00 MiB ±4%`.
[[nodiscard]] QString shortCountText(const Estimate& count);
[[nodiscard]] QString shortBytesText(const Estimate& bytes);

/// A text that holds an estimate whose error is not known: `≈ 12 blocks`.
[[nodiscard]] QString estimated(const QString& text);

}  // namespace heaptap::gui
