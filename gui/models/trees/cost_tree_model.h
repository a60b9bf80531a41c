// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemModel>
#include <optional>

#include "gui/models/trees/tree_source.h"

namespace heaptap::gui {

/// The tree of a source as rows: functions with their cost. The root is no row: it is the whole. Texts are
/// made for the rows that are looked at.
///
/// A refresh moves what is selected and expanded to the nodes with the same functions above them.
/// Threads: GUI thread.
class CostTreeModel : public QAbstractItemModel {
  Q_OBJECT

 public:
  enum Column { Total, Share, Self, Function, Module, ColumnCount };
  enum Role {
    ShareRole = Qt::UserRole,  ///< Of the whole; from 0 to 1.
    OwnRole,                   ///< Whether the function is the program's own.
    NothingRole,               ///< Whether the cell says that there is nothing.
    MatchRole,                 ///< Whether it is what was looked for.
  };

  /// `source` must outlive this.
  explicit CostTreeModel(const TreeSource& source, QObject* parent = nullptr);

  [[nodiscard]] QModelIndex indexOf(quint32 node, int column = 0) const;
  [[nodiscard]] quint32 nodeOf(const QModelIndex& index) const;
  /// Null: there is none.
  [[nodiscard]] const CostTreePtr& tree() const { return m_tree; }

  [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] bool hasChildren(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                    int role = Qt::DisplayRole) const override;

 private:
  void follow(bool isRefresh);
  [[nodiscard]] TreeWords words() const;
  [[nodiscard]] QString text(quint32 node, int column) const;

  const TreeSource& m_source;
  CostTreePtr m_tree;
};

}  // namespace heaptap::gui
