// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analysis/policy/verdict.h"
#include "base/error.h"
#include "export/sink.h"
#include "text/paint.h"

namespace heaptap::exporting {

/// How a verdict is written.
struct VerdictStyle {
  /// Absolute path of the folder that a reader's paths begin at: sources below it are named relative to it.
  std::string root = {};
  Paint paint = {};            ///< Of text.
  std::string collector = {};  ///< Where the sessions are; empty: they are files.
};

/// One format of `heaptap check`.
struct VerdictFormat {
  std::string_view name;   ///< On the command line.
  std::string_view about;  ///< Who reads it.
  void (*write)(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink);
};

/// All of them.
[[nodiscard]] std::span<const VerdictFormat> verdictFormats();
/// Errors: Usage, naming those that there are.
[[nodiscard]] Result<const VerdictFormat*> verdictFormatNamed(std::string_view name);

}  // namespace heaptap::exporting
