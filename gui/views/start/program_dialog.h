// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

#include "gui/models/start/program_order.h"

class QSettings;

namespace heaptap::gui {

/// Asks which program is to be run and recorded, and how. What was entered last is there again.
class ProgramDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ProgramDialog(QWidget* parent = nullptr);

  [[nodiscard]] ProgramOrder order() const;
  [[nodiscard]] QLineEdit& command() { return *m_command; }
  [[nodiscard]] QLineEdit& folder() { return *m_folder; }
  [[nodiscard]] QLineEdit& file() { return *m_file; }
  [[nodiscard]] QPlainTextEdit& environment() { return *m_environment; }
  [[nodiscard]] QPushButton& start() { return *m_start; }
  /// Why it cannot be started as it is; or empty.
  [[nodiscard]] QString problem() const { return m_problem->text(); }

 signals:
  void confirmed(const heaptap::gui::ProgramOrder& order);

 private:
  void lay();
  void confirm();
  void check();
  void proposeFile();
  void restore(const QSettings& settings);
  void save() const;

  QLineEdit* m_command;
  QLineEdit* m_folder;
  QLineEdit* m_file;
  QPlainTextEdit* m_environment;
  QComboBox* m_record;
  QCheckBox* m_children;
  QCheckBox* m_freeStacks;
  QCheckBox* m_mappings;
  QLabel* m_problem;
  QPushButton* m_start;
  QString m_moment;             ///< For the name of the file.
  bool m_isFileTheirs = false;  ///< The user has written it.
};

}  // namespace heaptap::gui
