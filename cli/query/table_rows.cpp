// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cli/query/row_format.h"
#include "cli/query/value_text.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

/// So many rows are looked at for the widths of columns; what comes later may stick out.
constexpr std::size_t kRowsForWidths = 1000;
constexpr std::size_t kBytesForWidths = 16 << 20;
/// On a terminal, a longer text is cut; elsewhere it does not make its column wider.
constexpr std::size_t kWidestColumn = 100;

class TableRows : public sql::RowSink {
 public:
  TableRows(exporting::Sink& out, bool forTerminal) : m_out(out), m_forTerminal(forTerminal) {}

  void begin(const std::vector<std::string>& columns) override {
    if (!std::exchange(m_isFirst, false)) m_out.write("\n");
    m_columns.clear();
    for (const std::string& name : columns) m_columns.push_back({printable(name)});
    for (Column& column : m_columns) column.width = width(column.name);
    m_kept.clear();
    m_keptBytes = 0;
    m_isHeadWritten = false;
  }

  bool row(std::span<const sql::Value> values) override {
    std::vector<Cell> cells;
    for (const sql::Value& value : values) cells.push_back(cellOf(value));
    if (m_isHeadWritten) {
      write(cells);
      return !m_out.hasFailed();
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      Column& column = m_columns[i];
      column.width = std::max(column.width, std::min(width(cells[i].text), kWidestColumn));
      column.hasTexts |= !cells[i].isNumber && !cells[i].isNull;
      m_keptBytes += cells[i].text.size();
    }
    m_kept.push_back(std::move(cells));
    if (m_kept.size() == kRowsForWidths || m_keptBytes > kBytesForWidths) writeKept();
    return !m_out.hasFailed();
  }

  void end() override { writeKept(); }

 private:
  struct Column {
    std::string name;
    std::size_t width = 0;
    bool hasTexts = false;  ///< Else its name stands to the right, too.
  };
  struct Cell {
    std::string text;
    bool isNumber = false;
    bool isNull = false;
  };

  [[nodiscard]] Cell cellOf(const sql::Value& value) const {
    Cell cell{.text = valueText(value),
              .isNumber = isNumber(value),
              .isNull = std::holds_alternative<std::monostate>(value)};
    if (m_forTerminal && width(cell.text) > kWidestColumn)
      cell.text = std::string(firstColumns(cell.text, kWidestColumn - 1)) + "…";
    return cell;
  }

  void writeKept() {
    if (std::exchange(m_isHeadWritten, true)) return;
    std::vector<Cell> names;
    std::string line;
    for (const Column& column : m_columns) {
      names.push_back({.text = column.name, .isNumber = !column.hasTexts && !m_kept.empty()});
      line += (line.empty() ? "" : "  ") + std::string(column.width, '-');
    }
    write(names);
    m_out.write(line + "\n");
    for (const std::vector<Cell>& cells : m_kept) write(cells);
    m_kept.clear();
  }

  void write(const std::vector<Cell>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const Cell& cell = cells[i];
      const bool isRight = cell.isNumber || (cell.isNull && !m_columns[i].hasTexts);
      if (i != 0) line += "  ";
      if (isRight)
        line += paddedLeft(cell.text, m_columns[i].width);
      else
        line += i + 1 == cells.size() ? cell.text : padded(cell.text, m_columns[i].width);
    }
    m_out.write(line + "\n");
  }

  exporting::Sink& m_out;
  const bool m_forTerminal;
  bool m_isFirst = true;
  std::vector<Column> m_columns;
  std::vector<std::vector<Cell>> m_kept;  ///< Until the widths are known.
  std::size_t m_keptBytes = 0;
  bool m_isHeadWritten = false;
};

}  // namespace

std::unique_ptr<sql::RowSink> tableRows(exporting::Sink& out, bool forTerminal) {
  return std::make_unique<TableRows>(out, forTerminal);
}

}  // namespace heaptap::cli
