// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>

#include "gui/models/sessions/session.h"

namespace heaptap::gui {

/// The sessions of a collector: an image before its descendants, trees in the order of their start,
/// the newest first.
/// Threads: GUI thread.
class SessionListModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role {
    IdRole = Qt::UserRole + 1,
    DetailRole,  ///< A second line: pid, state, start.
    DepthRole,   ///< Generations from the first image.
    LiveRole,
  };

  using QAbstractListModel::QAbstractListModel;

  /// Sessions that stay keep their index, so that a selection survives.
  void setSessions(SessionList sessions);

  [[nodiscard]] const Session& at(int row) const { return m_rows[static_cast<std::size_t>(row)].session; }
  /// The row of a session, or -1.
  [[nodiscard]] int rowOf(const QString& id) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

 private:
  struct Row {
    Session session;
    int depth = 0;
    bool operator==(const Row&) const = default;
  };
  static std::vector<Row> inTreeOrder(SessionList sessions);

  std::vector<Row> m_rows;
};

}  // namespace heaptap::gui
