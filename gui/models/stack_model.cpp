// SPDX-License-Identifier: Apache-2.0
#include "gui/models/stack_model.h"

#include <utility>

#include "gui/models/tool_tip.h"

namespace heaptap::gui {

void StackModel::setLines(std::vector<StackLine> lines) {
  if (lines == m_lines) return;
  beginResetModel();
  m_lines = std::move(lines);
  endResetModel();
}

int StackModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int StackModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString StackModel::display(const StackLine& line, int column) {
  switch (column) {
    case Function: return functionText(line);
    case Location: return line.file.isEmpty() ? QString() : shortLocationText(line);
    case Module: return line.module.mid(line.module.lastIndexOf('/') + 1);
    default: return {};
  }
}

QString StackModel::tip(const StackLine& line, int column) {
  switch (column) {
    case Function: {
      QString text = functionText(line);
      if (line.inlined)
        text += QStringLiteral("\nInlined: the compiler copied it into its caller, the next line.");
      if (line.guessed)
        text += QStringLiteral("\nGuessed: found by the frame pointer, without unwind information.");
      return text;
    }
    case Location: return line.file.isEmpty() ? QString() : locationText(line);
    case Module: return QStringLiteral("%1, address 0x%2").arg(line.module).arg(line.pc, 0, 16);
    default: return {};
  }
}

QVariant StackModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const StackLine& line = m_lines[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole: return display(line, index.column());
    case Qt::ToolTipRole: return toolTip(tip(line, index.column()));
    case InlinedRole: return line.inlined;
    case FullLocationRole: return locationText(line);
    default: return {};
  }
}

QVariant StackModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
  if (role == Qt::DisplayRole) {
    switch (section) {
      case Function: return QStringLiteral("Function");
      case Location: return QStringLiteral("Location");
      case Module: return QStringLiteral("Module");
      default: return {};
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case Function: return QStringLiteral("Innermost first: each line was called by the next.");
      case Location: return QStringLiteral("Source file and line; needs debug information.");
      case Module: return QStringLiteral("The binary that the code belongs to.");
      default: return {};
    }
  }
  return {};
}

}  // namespace heaptap::gui
