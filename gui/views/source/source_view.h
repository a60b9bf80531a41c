// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <QPushButton>

#include "gui/models/source/source_model.h"
#include "gui/views/frame/asking_view.h"

namespace heaptap::gui {

/// The source file of the chosen call site's innermost own line, or of any line of a stack, with what each of
/// its lines costs. A line with call sites chooses them.
class SourceView : public AskingView {
  Q_OBJECT

 public:
  explicit SourceView(QWidget* parent = nullptr);

  /// Shows this line of a file, as it was recorded.
  void showLine(const QString& file, quint32 line);
  /// Opens the current line in the editor that the user has chosen.
  void openInEditor();

  [[nodiscard]] QString name() const override { return tr("Source"); }
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QList<QWidget*> keyOrder() override;
  [[nodiscard]] QList<DataTable*> tables() override { return {&table()}; }
  void becomeCurrent() override;

  [[nodiscard]] const QString& file() const { return m_file; }
  [[nodiscard]] quint32 line() const { return m_line; }
  /// What can be done where the file was not read; hidden: nothing.
  [[nodiscard]] QPushButton& remedy() { return *m_remedy; }
  [[nodiscard]] QToolButton& editor() { return *m_editor; }
  [[nodiscard]] QMenu& editors() { return *m_editors; }

  /// The user says that the files of this folder may be read; or where the file is.
  void allow(const QString& folder);
  void lookIn(const QString& folder);

 protected:
  void bound() override;
  void want() override;
  [[nodiscard]] bool hasWish() const override { return store().source().wish().has_value(); }
  void showAnswer() override;

 private:
  void followSelection();
  void ask();
  void remedyWanted();
  void chooseSites(int row);
  void goToLine();
  void offerEditors();
  [[nodiscard]] QString emptyText() const;
  [[nodiscard]] SourceFilePtr known() const;

  SourceModel m_lines;
  QString m_file;
  quint32 m_line = 0;
  quint32 m_heap = 0;
  QPushButton* m_remedy;
  QToolButton* m_editor;
  QMenu* m_editors;
  bool m_isChoosing = false;  ///< The selection changes because of this view.
};

}  // namespace heaptap::gui
