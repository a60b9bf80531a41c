// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemModel>
#include <QMap>
#include <QMenu>
#include <QWidget>

namespace heaptap::gui::test {

/// What a user can read in a window: what is painted, tool tips, names for screen readers, menus, titles and
/// cells of tables, texts of what is empty.
class ShownTexts {
 public:
  void readWindow(const QString& where, QWidget& window);
  void readMenu(const QString& where, QMenu& menu);

  /// Each text once, with the place that it was first seen at.
  [[nodiscard]] const QMap<QString, QString>& texts() const { return m_texts; }

 private:
  void add(const QString& where, const QString& text);
  void readWidget(const QString& where, QWidget& widget);
  void readModel(const QString& where, const QAbstractItemModel& model, const QModelIndex& parent);

  QMap<QString, QString> m_texts;
};

}  // namespace heaptap::gui::test
