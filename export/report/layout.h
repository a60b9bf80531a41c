// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "text/paint.h"

/// What all parts of a text report look like.
namespace heaptap::exporting {

inline constexpr std::size_t kReportColumns = 100;
inline constexpr std::size_t kLabelColumns = 16;

/// How names are written in a report, and whether its parts have tones.
struct NameStyle {
  bool full = false;       ///< Nothing is shortened, and every frame is shown.
  bool allFrames = false;  ///< Frames of runtimes and the middle of long stacks too.
  Paint paint = {};
};

/// The line above a section of a report: its title, and what it is about (may be empty).
[[nodiscard]] std::string heading(std::string title, const std::string& explanation, Paint paint = {});

/// A line of the summary. The number ends at the same column in every line; what explains it follows.
[[nodiscard]] std::string numberLine(std::string_view label, const std::string& value,
                                     const std::string& meaning = {});

/// ` ± 1.2 MiB` and ` ± 1,200`: a standard error in bytes or blocks; nothing at all where the number is
/// exact.
[[nodiscard]] std::string bytesError(double error);
[[nodiscard]] std::string countError(double error);

/// Breaks a text at blanks, so that no line is wider than a report. `first`, `rest`: what its first line and
/// the others begin with.
[[nodiscard]] std::string wrapped(const std::string& text, const std::string& first, const std::string& rest);

}  // namespace heaptap::exporting
