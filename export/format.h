// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// What `--cost` means to a format.
enum class CostUse : std::uint8_t {
  All,    ///< Nothing: each stack has all numbers.
  First,  ///< All are there; this one is shown first.
  One,    ///< This one alone is there.
};

/// One format that sessions are exported to.
struct Format {
  std::string_view name;       ///< On the command line.
  std::string_view extension;  ///< Of its files, with the dot.
  std::string_view mediaType;
  bool isText;  ///< May be shown on a terminal.
  CostUse costUse;
  Cost usualCost;  ///< Where none is asked for.
  Needs needs;
  std::string_view about;  ///< What opens it, in a line.
  /// Writes a subject. The sink keeps its errors itself.
  void (*write)(const Subject& subject, Sink& sink);
};

/// All of them: what the command line, its help, and the viewer's menu loop over. A new format is a file with
/// its function and a row here.
[[nodiscard]] std::span<const Format> formats();

/// Errors: Usage, naming those that there are.
[[nodiscard]] Result<const Format*> formatNamed(std::string_view name);
/// The format whose extension the file's name ends with, the longest such; null: none.
[[nodiscard]] const Format* formatOfFile(std::string_view fileName);

}  // namespace heaptap::exporting
