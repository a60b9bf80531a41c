// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/asking_view.h"

namespace heaptap::gui {

AskingView::AskingView(const QString& refreshTip, QWidget* parent)
    : AskingView(refreshTip, new DataTable, parent) {}

AskingView::AskingView(const QString& refreshTip, DataTable* table, QWidget* parent)
    : AskingPane(refreshTip, table, parent), m_table(table) {}

}  // namespace heaptap::gui
