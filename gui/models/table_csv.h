// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemModel>
#include <QByteArray>
#include <QList>

namespace heaptap::gui {

/// What a cell says in short, as models tell it to those who want it whole.
enum ExactRole {
  ExactValueRole = Qt::UserRole + 1'000,  ///< The number itself, where the text is rounded.
  ExactErrorRole,                         ///< Its standard error, where it is an estimate; a number.
  UnitRole,  ///< Of a column, by headerData(): "bytes", "ns"; none: a count or a text.
};

/// A table as CSV (RFC 4180) in UTF-8, texts as csvField() has them: a line of titles, then the rows in the
/// order of the model. Numbers are not rounded; where there are estimates, a column with their standard
/// errors follows. `columns`: by logical index. `corner`: of a table whose rows have titles, the title of
/// those; empty: they have none.
[[nodiscard]] QByteArray csvOf(const QAbstractItemModel& model, const QList<int>& columns,
                               const QString& corner = {});

}  // namespace heaptap::gui
