// SPDX-License-Identifier: Apache-2.0
#include "gui/models/table_csv.h"

#include <QCoreApplication>
#include <QStringList>

#include "text/csv_field.h"

namespace heaptap::gui {
namespace {

class TableCsv {
  Q_DECLARE_TR_FUNCTIONS(TableCsv)
};

QString quoted(const QString& text) { return QString::fromStdString(csvField(text.toStdString())); }

QString cellOf(const QModelIndex& index) {
  const QVariant exact = index.data(ExactValueRole);
  return exact.isValid() ? exact.toString() : quoted(index.data(Qt::DisplayRole).toString());
}

bool hasErrors(const QAbstractItemModel& model, int column) {
  for (int row = 0; row < model.rowCount(); ++row)
    if (model.index(row, column).data(ExactErrorRole).isValid()) return true;
  return false;
}

QByteArray line(const QStringList& cells) { return (cells.join(',') + QStringLiteral("\r\n")).toUtf8(); }

}  // namespace

QByteArray csvOf(const QAbstractItemModel& model, const QList<int>& columns, const QString& corner) {
  QStringList titles;
  QList<bool> withErrors;
  if (!corner.isEmpty()) titles << quoted(corner);
  for (const int column : columns) {
    QString title = model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    const QString unit = model.headerData(column, Qt::Horizontal, UnitRole).toString();
    if (!unit.isEmpty()) title += QStringLiteral(" [%1]").arg(unit);
    titles << quoted(title);
    withErrors << hasErrors(model, column);
    if (withErrors.back()) titles << quoted(TableCsv::tr("%1, standard error").arg(title));
  }
  QByteArray csv = line(titles);
  for (int row = 0; row < model.rowCount(); ++row) {
    QStringList cells;
    if (!corner.isEmpty()) cells << quoted(model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString());
    for (qsizetype i = 0; i < columns.size(); ++i) {
      const QModelIndex index = model.index(row, columns[i]);
      cells << cellOf(index);
      if (withErrors[i]) cells << index.data(ExactErrorRole).toString();
    }
    csv += line(cells);
  }
  return csv;
}

}  // namespace heaptap::gui
