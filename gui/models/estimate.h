// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>
#include <optional>

namespace heaptap::gui {

/// A number of a session. Where allocations are sampled it is an estimate.
/// Units: those of the number; the error is a standard error (one standard deviation).
struct Estimate {
  quint64 value = 0;
  std::optional<double> error = {};  ///< Absent, or nothing: the number is exact.

  /// Also where allocations are sampled: large ones all are. But nothing is not exactly nothing where it was
  /// perhaps never sampled; then there is no error either.
  [[nodiscard]] bool isExact() const { return !error || (value != 0 && !(*error > 0)); }
  [[nodiscard]] bool hasError() const { return error && *error > 0; }
  bool operator==(const Estimate&) const = default;
};

}  // namespace heaptap::gui
