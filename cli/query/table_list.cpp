// SPDX-License-Identifier: Apache-2.0
#include "cli/query/table_list.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "sql/functions.h"
#include "sql/registration.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

std::string lineOf(const sql::ColumnWords& column, std::size_t nameWidth) {
  return "  " + padded(column.name, nameWidth) + "  " + padded(column.type, 7) + "  " +
         std::string(column.meaning) + (column.isHidden ? " (not in SELECT *)" : "") + "\n";
}

}  // namespace

void writeTableList(const std::vector<sql::SessionQuery::StoredTable>& stored, exporting::Sink& out,
                    bool isOfTree) {
  out.write(
      "Times are in ns since the session's start, sizes in bytes. Queries to begin with: docs/schema.md.\n");
  if (isOfTree)
    out.write(
        "Each table has two columns before those below: session, its place in the tree from 1, and pid. The "
        "ids in the\n"
        "others are those of one session.\n");
  for (const sql::TableWords& table : sql::tableWords()) {
    out.write("\n" + std::string(table.name) + ": " + std::string(table.meaning) + "\n");
    std::size_t width = 0;
    for (const sql::ColumnWords& column : table.columns) width = std::max(width, column.name.size());
    for (const sql::ColumnWords& column : table.columns) out.write(lineOf(column, width));
  }
  out.write("\nFunctions:\n");
  for (const sql::FunctionWords& function : sql::functionWords(isOfTree))
    out.write("  " + padded(function.call, 26) + "  " + std::string(function.meaning) + "\n");
  if (isOfTree) return;
  out.write("\nTables of the file itself, with ids in place of names (docs/schema.md):\n");
  for (const auto& table : stored) {
    out.write("  " + printable(table.name) + " (");
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      out.write((i == 0 ? "" : ", ") + printable(table.columns[i]));
    out.write(")\n");
  }
}

}  // namespace heaptap::cli
