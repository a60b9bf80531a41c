// SPDX-License-Identifier: Apache-2.0
#include "cli/completion/value_kind.h"

#include "cli/diff/diff_format.h"
#include "cli/query/row_format.h"
#include "cli/top/row_selection.h"
#include "export/cost.h"
#include "export/format.h"
#include "export/verdict/verdict_format.h"

namespace heaptap::cli {
namespace {

template <typename Rows>
std::vector<std::string> namesOf(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return names;
}

}  // namespace

ValueKind valueKindOf(std::string_view name) {
  using From = ValueKind::From;
  if (name == "FORMAT") return {From::Words, namesOf(exporting::formats())};
  if (name == "FORM") return {From::Words, namesOf(diffFormats())};
  if (name == "ROWS") return {From::Words, namesOf(rowFormats())};
  if (name == "FORMAT[=FILE]") return {From::Words, namesOf(exporting::verdictFormats())};
  if (name == "COST") return {From::Words, namesOf(exporting::costs())};
  if (name == "ORDER") return {From::Words, namesOf(kTopOrders)};
  if (name == "WHEN") return {From::Words, {"auto", "always", "never"}};
  if (name == "SYNTAX") return {From::Words, {"lsan", "valgrind"}};
  if (name == "SHELL") return {From::Words, {"bash", "zsh", "fish"}};
  if (name == "FOLDER") return {From::Folders};
  for (const std::string_view session : {"SESSION", "SESSION...", "FOLDER|FILE"})
    if (name == session) return {From::Sessions};
  if (name == "FILE") return {From::Files};
  return {};
}

}  // namespace heaptap::cli
