// SPDX-License-Identifier: Apache-2.0
// What the SQL view remembers, and what it writes to files.
#include <QCoreApplication>
#include <QFileDialog>
#include <QPointer>
#include <QSettings>
#include <QThreadPool>

#include "gui/models/save_file.h"
#include "gui/models/trees/tree_text.h"
#include "gui/views/menu_text.h"
#include "gui/views/sql/sql_view.h"

namespace heaptap::gui {
namespace {

constexpr const char* kHistoryKey = "sql/history";
constexpr qsizetype kMostRemembered = 30;
constexpr qsizetype kMostOfARememberedStatement = 16'384;
constexpr qsizetype kMostOfATitle = 80;

}  // namespace

void SqlView::remember(const QString& statements) {
  const QString text = statements.trimmed();
  if (text.size() > kMostOfARememberedStatement) return;
  QSettings settings;
  QStringList kept = settings.value(kHistoryKey).toStringList();
  kept.removeAll(text);
  kept.prepend(text);
  settings.setValue(kHistoryKey, QStringList(kept.mid(0, kMostRemembered)));
}

void SqlView::fillHistory() {
  m_history->clear();
  const QStringList kept = QSettings().value(kHistoryKey).toStringList();
  for (const QString& text : kept) {
    // An ampersand is no key here.
    QAction* const action = m_history->addAction(menuText(oneLine(text.simplified(), kMostOfATitle)));
    connect(action, &QAction::triggered, this, [this, text] { use(text); });
  }
  if (kept.isEmpty()) m_history->addAction(tr("Nothing was run yet"))->setEnabled(false);
}

void SqlView::askForFile() {
  auto* const dialog = new QFileDialog(this, tr("Export Rows"), QString(), tr("CSV (*.csv);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("csv"));
  connect(dialog, &QFileDialog::fileSelected, this, &SqlView::exportTo);
  dialog->open();
}

void SqlView::exportTo(const QString& file) {
  // A worker makes the text, too: there may be a hundred thousand rows.
  QThreadPool::globalInstance()->start(
      [result = m_model.result(), order = m_model.order(), file, view = QPointer<SqlView>(this)] {
        const QString problem = saveFile(file, sqlCsv(result, order));
        QMetaObject::invokeMethod(qApp, [view, file, problem, rows = order.size()] {
          if (!view) return;
          emit view->announced(problem.isEmpty() ? tr("%1 rows were written to %2.").arg(rows).arg(file)
                                                 : tr("Cannot write %1: %2").arg(file, problem));
        });
      });
}

}  // namespace heaptap::gui
