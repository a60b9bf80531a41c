// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <utility>
#include <vector>

#include "gui/models/sessions/summary.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// What a refresh has changed.
struct SiteChanges {
  std::vector<int> rows = {};  ///< With other numbers than before, ascending.
  int firstNew = 0;            ///< From here on rows are new.
  bool areNamesNew = false;    ///< Labels of any row, and what a text matches, may be others.
};

/// The call sites of one session, a row each. The leaks table and the call-site table are two filtered
/// views of it.
///
/// A refresh updates rows in place, tells of those that have changed only, and appends new ones, so that
/// selections, the current row and scroll positions stay. Only another session resets the model.
/// Threads: GUI thread.
class SiteModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column {
    LiveBytes,
    BytesChange,  ///< Since the earlier moment, where there is one.
    LiveBlocks,
    BlocksChange,
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
  /// The sites at an earlier moment that differences are told from; null: there is none. Of the series of the
  /// next sites that are set: to be called before.
  void setEarlier(Sites earlier) { m_earlier = std::move(earlier); }
  [[nodiscard]] const Sites& earlier() const { return m_earlier; }
  /// What a site has more than at the earlier moment, in bytes or blocks; 0: there is none.
  [[nodiscard]] qint64 change(int row, int column) const;
  /// How the columns of live memory are called.
  void setRemains(Remains remains);

  [[nodiscard]] const Sites& sites() const { return m_sites; }
  [[nodiscard]] const SiteNumbers& numbersAt(int row) const {
    return m_sites->numbers()[static_cast<std::size_t>(row)];
  }
  /// What a column is sorted by.
  [[nodiscard]] quint64 number(int row, int column) const;
  [[nodiscard]] QString text(int row, int column) const;
  static bool isNumber(int column) { return column < Function; }
  static bool isChange(int column) { return column == BytesChange || column == BlocksChange; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 signals:
  /// After all signals about rows.
  void refreshed(const heaptap::gui::SiteChanges& changes);

 private:
  [[nodiscard]] Estimate estimate(int row, int column) const;
  [[nodiscard]] QString tip(int row, int column) const;
  [[nodiscard]] QString changeTip(int row, int column) const;
  void reset(Sites sites);
  void tellOf(const SiteChanges& changes);

  Sites m_sites;
  Sites m_earlier;
  int m_rows = 0;  ///< That were announced.
  Remains m_remains = Remains::Live;
};

}  // namespace heaptap::gui
