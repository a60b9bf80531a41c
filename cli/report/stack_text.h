// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

inline constexpr std::size_t kReportColumns = 100;

/// How names are written in a report.
struct NameStyle {
  bool full = false;  ///< Nothing is shortened, and every frame is shown.
};

using StackLines = google::protobuf::RepeatedPtrField<v1::StackLine>;

/// The stack, innermost frame first, a frame a line: function, then file:line (module).
[[nodiscard]] std::string stackText(const StackLines& lines, NameStyle style, std::size_t indent);

/// The site in one line: its innermost functions, as many as fit.
[[nodiscard]] std::string siteLabel(const v1::Site& site, NameStyle style, std::size_t columns);

}  // namespace heaptap::cli
