// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "export/writer.h"

namespace heaptap::exporting {

/// What one kind of page has of its own; style, flame graph and tables are those of all (`frame.html`).
struct PageKind {
  std::string_view body;  ///< Names of files in this folder.
  std::string_view script;
  /// Writes what stands at a place `@name@` of the page: `data`, and what else the body names.
  std::function<void(std::string_view place, Writer& out)> fill;
};

/// Writes a page that needs nothing else, neither files nor a network.
void writePage(const PageKind& kind, Writer& out);

}  // namespace heaptap::exporting
