// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

namespace heaptap::gui {

/// A form in which a session can be written to a file.
struct ExportChoice {
  QString name;       ///< "csv"
  QString extension;  ///< Of its files, with the dot.
  QString about;      ///< What opens it, in a line.
};

using ExportChoices = std::vector<ExportChoice>;

}  // namespace heaptap::gui
