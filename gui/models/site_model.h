// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <vector>

#include "gui/models/site.h"
#include "gui/models/summary.h"

namespace heaptap::gui {

/// The call sites of one session, a row each. The leaks table and the call-site table are two filtered
/// views of it.
///
/// A refresh updates rows in place (a site is known by its stack's id and its heap's) and appends new ones,
/// so that selections, the current row and scroll positions stay. Only another session resets the model.
/// Threads: GUI thread.
class SiteModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column {
    LiveBytes,
    LiveBlocks,
    Allocations,
    PeakBytes,
    Temporaries,
    Function,
    Heap,
    Location,
    ColumnCount
  };
  enum Role {
    SortRole = Qt::UserRole + 1,  ///< Plain numbers, or text.
    StackRole,                    ///< The id of the site's stack.
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// Forgets everything: what comes next belongs to another session.
  void clear();
  /// The sites as they are now.
  void setSites(Sites sites);
  /// How the columns of live memory are called.
  void setRemains(Remains remains);

  [[nodiscard]] const Sites& sites() const { return m_sites; }
  [[nodiscard]] const Site& siteAt(int row) const;
  /// Whether there are sites of other heaps than malloc's.
  [[nodiscard]] bool hasHeaps() const;
  /// Orders two rows by one column; sites that are equal in it by their stack.
  [[nodiscard]] bool isLess(int row, int other, int column) const;
  static bool isNumber(int column) { return column < Function; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 signals:
  /// Before any signal about rows: sites() is another set from now on.
  void sitesReplaced();

 private:
  void reset(Sites sites);
  [[nodiscard]] QString tip(const Site& site, int column) const;

  Sites m_sites;
  std::vector<std::size_t> m_rows;  ///< Position in m_sites for each row.
  QHash<Site::Key, std::size_t> m_rowOfSite;
  Remains m_remains = Remains::Live;
};

}  // namespace heaptap::gui
