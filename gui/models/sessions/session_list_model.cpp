// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/session_list_model.h"

#include <QHash>
#include <algorithm>
#include <iterator>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/sessions/session_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {

std::vector<SessionListModel::Row> SessionListModel::inTreeOrder(SessionList sessions) {
  std::stable_sort(sessions.begin(), sessions.end(),
                   [](const Session& a, const Session& b) { return a.startedAtUnixNs > b.startedAtUnixNs; });
  QHash<QString, std::size_t> position;
  for (std::size_t i = 0; i < sessions.size(); ++i) position.insert(sessions[i].id, i);

  std::vector<std::vector<std::size_t>> children(sessions.size());
  std::vector<std::size_t> roots;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const auto parent = position.constFind(sessions[i].parentId);
    const bool isChild = !sessions[i].parentId.isEmpty() && parent != position.constEnd() && *parent != i;
    (isChild ? children[*parent] : roots).push_back(i);
  }

  std::vector<Row> rows;
  std::vector<bool> placed(sessions.size());
  std::vector<std::pair<std::size_t, int>> pending;
  const auto place = [&](std::size_t root) {
    pending.emplace_back(root, 0);
    while (!pending.empty()) {
      const auto [at, depth] = pending.back();
      pending.pop_back();
      if (placed[at]) continue;
      placed[at] = true;
      rows.push_back({sessions[at], depth});
      // Newest first in the list, so that the oldest child is taken from the stack next.
      for (const std::size_t child : children[at]) pending.emplace_back(child, depth + 1);
    }
  };
  for (const std::size_t root : roots) place(root);
  // Sessions that name each other as parents have no root; they are shown all the same.
  for (std::size_t i = 0; i < sessions.size(); ++i) place(i);
  return rows;
}

void SessionListModel::setSessions(SessionList sessions) {
  std::vector<Row> rows = inTreeOrder(std::move(sessions));
  const auto sameSession = [](const Row& a, const Row& b) { return a.session.id == b.session.id; };
  if (std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(), sameSession)) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] == m_rows[i]) continue;
      m_rows[i] = std::move(rows[i]);
      emit dataChanged(index(static_cast<int>(i)), index(static_cast<int>(i)));
    }
    return;
  }

  // Rows go and come in whole; what stays is moved by its persistent indexes.
  QHash<QString, int> newRow;
  for (std::size_t i = 0; i < rows.size(); ++i) newRow.insert(rows[i].session.id, static_cast<int>(i));
  for (int row = rowCount() - 1; row >= 0; --row) {
    if (newRow.contains(at(row).id)) continue;
    beginRemoveRows({}, row, row);
    m_rows.erase(m_rows.begin() + row);
    endRemoveRows();
  }
  std::vector<Row> added;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(added),
               [this](const Row& row) { return rowOf(row.session.id) < 0; });
  if (!added.empty()) {
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
    m_rows.insert(m_rows.end(), added.begin(), added.end());
    endInsertRows();
  }
  emit layoutAboutToBeChanged();
  QModelIndexList from = persistentIndexList();
  QModelIndexList to;
  for (const QModelIndex& old : std::as_const(from)) to.append(index(newRow.value(at(old.row()).id)));
  m_rows = std::move(rows);
  changePersistentIndexList(from, to);
  emit layoutChanged();
}

int SessionListModel::rowOf(const QString& id) const {
  const auto found =
      std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.session.id == id; });
  return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int SessionListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant SessionListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Row& row = m_rows[static_cast<std::size_t>(index.row())];
  const Session& session = row.session;
  switch (role) {
    case Qt::DisplayRole: return commandText(session.command);
    case Qt::ToolTipRole:
      return toolTip(commandText(session.command) +
                     (session.file.isEmpty() ? QString() : '\n' + session.file));
    case IdRole: return session.id;
    case DepthRole: return row.depth;
    case LiveRole: return session.isLive();
    case DetailRole:
      return (session.pid == 0 ? QString() : tr("pid %1 · ").arg(session.pid)) +
             QStringLiteral("%1 · %2").arg(stateText(session.state), timestampText(session.startedAtUnixNs));
    default: return {};
  }
}

}  // namespace heaptap::gui
