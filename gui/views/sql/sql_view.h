// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QToolButton>

#include "gui/models/sql/sql_model.h"
#include "gui/views/elided_label.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// The session in SQL: statements, and the rows of the last one. What was run is remembered.
class SqlView : public View {
  Q_OBJECT

 public:
  explicit SqlView(QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("SQL"); }
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QWidget& keyWidget() override { return *m_editor; }
  [[nodiscard]] QList<QWidget*> keyOrder() override;
  void becomeCurrent() override;
  void resign() override { m_isCurrent = false; }

  void run();
  /// Ends the statement that runs.
  void stop();
  [[nodiscard]] bool isRunning() const;
  /// Writes the rows in the order shown; on a worker, and what comes of it is announced.
  void exportTo(const QString& file);

  [[nodiscard]] QPlainTextEdit& editor() { return *m_editor; }
  [[nodiscard]] DataTable& table() { return *m_table; }
  [[nodiscard]] QMenu& examples() { return *m_examples; }
  [[nodiscard]] QMenu& history() { return *m_history; }
  [[nodiscard]] QPushButton& runButton() { return *m_run; }
  [[nodiscard]] QPushButton& stopButton() { return *m_stop; }
  [[nodiscard]] QPushButton& exportButton() { return *m_export; }
  /// How the last statement ended, or what is wrong with it.
  [[nodiscard]] QString about() const { return m_about->text(); }

 protected:
  void bound() override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void lay();
  void connectParts();
  void wantWhatIsNew();
  void want(const QString& statements);
  void showAnswer();
  void fitColumns();
  void fillExamples();
  void fillHistory();
  void remember(const QString& statements);
  void use(const QString& statements);
  void askForFile();
  [[nodiscard]] QString aboutText(const SqlResult& result) const;

  SqlModel m_model;
  QPlainTextEdit* m_editor;
  DataTable* m_table;
  QSplitter* m_parts;
  QMenu* m_examples;
  QMenu* m_history;
  QPushButton* m_run;
  QPushButton* m_stop;
  QPushButton* m_export;
  ElidedLabel* m_about;
  quint64 m_turn = 0;
  bool m_isCurrent = false;
  bool m_wasStopped = false;
};

}  // namespace heaptap::gui
