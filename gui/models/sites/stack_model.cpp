// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/stack_model.h"

#include <algorithm>
#include <utility>

#include "gui/models/tool_tip.h"

namespace heaptap::gui {

void StackModel::setSections(std::vector<StackSection> sections) {
  if (sections == m_sections) return;
  const auto hasSameRows = [](const StackSection& a, const StackSection& b) {
    return a.lines == b.lines && a.title.isEmpty() == b.title.isEmpty();
  };
  if (std::equal(sections.begin(), sections.end(), m_sections.begin(), m_sections.end(), hasSameRows)) {
    m_sections = std::move(sections);
    emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    return;
  }
  beginResetModel();
  m_sections = std::move(sections);
  m_rows.clear();
  for (std::size_t at = 0; at < m_sections.size(); ++at) {
    const StackSection& section = m_sections[at];
    if (!section.title.isEmpty()) m_rows.push_back({Row::Title, at, 0});
    if (section.lines.empty()) m_rows.push_back({Row::Missing, at, 0});
    for (std::size_t line = 0; line < section.lines.size(); ++line) m_rows.push_back({Row::Line, at, line});
  }
  endResetModel();
}

void StackModel::setLines(std::vector<StackLine> lines) {
  if (lines.empty()) return clear();
  std::vector<StackSection> sections;
  sections.push_back({{}, std::move(lines)});
  setSections(std::move(sections));
}

const StackLine* StackModel::lineOf(int row) const {
  if (row < 0 || row >= rowCount()) return nullptr;
  const Row& at = m_rows[static_cast<std::size_t>(row)];
  return at.kind == Row::Line ? &m_sections[at.section].lines[at.line] : nullptr;
}

int StackModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
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
      if (line.inlined) text += tr("\nInlined: the compiler copied it into its caller, the next line.");
      if (line.guessed) text += tr("\nGuessed: found without unwind information. It may be wrong.");
      return text;
    }
    case Location: return line.file.isEmpty() ? QString() : locationText(line);
    case Module: return tr("%1, address 0x%2").arg(line.module).arg(line.pc, 0, 16);
    default: return {};
  }
}

QVariant StackModel::textOf(const Row& row, int column, int role) const {
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  if (column != Function) return {};
  const QString text = row.kind == Row::Title ? m_sections[row.section].title : tr("(not recorded)");
  return role == Qt::ToolTipRole ? toolTip(text) : text;
}

QVariant StackModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Row& row = m_rows[static_cast<std::size_t>(index.row())];
  if (role == TitleRole) return row.kind == Row::Title;
  if (role == MissingRole) return row.kind == Row::Missing;
  if (row.kind != Row::Line) return textOf(row, index.column(), role);
  const StackLine& line = m_sections[row.section].lines[row.line];
  switch (role) {
    case Qt::DisplayRole: return display(line, index.column());
    case Qt::ToolTipRole: return toolTip(tip(line, index.column()));
    case InlinedRole: return line.inlined;
    case ForeignRole: return line.foreign;
    case FullLocationRole: return locationText(line);
    default: return {};
  }
}

QVariant StackModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
  if (role == Qt::DisplayRole) {
    switch (section) {
      case Function: return tr("Function");
      case Location: return tr("Location");
      case Module: return tr("Module");
      default: return {};
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case Function: return tr("Innermost first: each line was called by the next.");
      case Location: return tr("Source file and line; needs debug information.");
      case Module: return tr("The binary that the code belongs to.");
      default: return {};
    }
  }
  return {};
}

const std::vector<StackLine>* StackModel::stackOf(int row) const {
  if (row < 0 || row >= rowCount()) return nullptr;
  return &m_sections[m_rows[static_cast<std::size_t>(row)].section].lines;
}

}  // namespace heaptap::gui
