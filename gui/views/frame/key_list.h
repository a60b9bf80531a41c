// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <vector>

#include "gui/views/palette/command_palette.h"
#include "gui/views/tables/data_table.h"

namespace heaptap::gui {

/// All keys there are: those of the menus, and those of the single parts of the window.
class KeyList : public QDialog {
  Q_OBJECT

 public:
  /// `entries`: of the menus; those without a key are left out.
  explicit KeyList(const std::vector<PaletteEntry>& entries, QWidget* parent = nullptr);

  [[nodiscard]] DataTable& table() { return *m_table; }

 private:
  DataTable* m_table;
};

}  // namespace heaptap::gui
