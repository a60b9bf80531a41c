// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QLineEdit>
#include <QListWidget>
#include <functional>
#include <vector>

namespace heaptap::gui {

/// One thing that can be done.
struct PaletteEntry {
  QString name = {};   ///< "View › Leaks".
  QString about = {};  ///< Its key, or what it does; may be empty.
  bool hasKey = false;
  std::function<void()> run = {};
};

/// Everything that can be done, to be found by some of its letters. Arrows choose, Enter does it, Escape
/// leaves.
class CommandPalette : public QDialog {
  Q_OBJECT

 public:
  explicit CommandPalette(std::vector<PaletteEntry> entries, QWidget* parent = nullptr);

  [[nodiscard]] QLineEdit& box() { return *m_box; }
  [[nodiscard]] QListWidget& list() { return *m_list; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void refresh();
  void runCurrent();

  std::vector<PaletteEntry> m_entries;
  QLineEdit* m_box;
  QListWidget* m_list;
};

/// What a menu and those within it offer just now, by `Menu › Action`.
[[nodiscard]] std::vector<PaletteEntry> entriesOf(const QList<QAction*>& actions, const QString& path = {});

}  // namespace heaptap::gui
