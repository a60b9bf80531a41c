// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>

namespace heaptap::gui {

/// The user's list of what is the program's own code: says what its lines mean, takes lines away, changes
/// them and adds others. Comments are lines like others, so that none gets lost.
class OwnCodeDialog : public QDialog {
  Q_OBJECT

 public:
  /// `file`: where the list is kept. `text`: of that file.
  OwnCodeDialog(const QString& file, const QString& text, QWidget* parent = nullptr);

  [[nodiscard]] QListWidget& lines() { return *m_lines; }
  [[nodiscard]] QLineEdit& line() { return *m_line; }
  [[nodiscard]] QPushButton& addButton() { return *m_add; }
  [[nodiscard]] QPushButton& removeButton() { return *m_remove; }
  /// The list as it is in the dialog.
  [[nodiscard]] QString text() const;
  /// What is wrong with the list; the dialog stays.
  void refuse(const QString& problem);

 signals:
  /// The list shall be this from now on. Who keeps it closes the dialog, or refuses.
  void confirmed(const QString& text);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void lay(const QString& file);
  void append(const QString& line);
  void addLine();
  void removeLines();

  QListWidget* m_lines;
  QLineEdit* m_line;
  QPushButton* m_add;
  QPushButton* m_remove;
  QLabel* m_problem;
};

}  // namespace heaptap::gui
