// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "sql/tables/all_tables.h"

namespace heaptap::sql {
namespace {

const model::Module& moduleOf(const Row& row) { return row.session.definitions().modules[row.at]; }

std::string buildIdOf(const model::Module& module) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : module.buildId) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
  return text;
}

std::string_view whyNameless(model::NamesMissing missing) {
  switch (missing) {
    case model::NamesMissing::No: return {};
    case model::NamesMissing::FileGone: return "the file is gone";
    case model::NamesMissing::OtherFile: return "another file is in its place";
    case model::NamesMissing::NotPermitted: return "not permitted";
    case model::NamesMissing::NoDescriptor: return "no descriptor was left";
    case model::NamesMissing::FileUnknown: return "the file is not known";
    case model::NamesMissing::Unreadable: return "it cannot be read";
    case model::NamesMissing::AllButExported: return "all but those exported";
    case model::NamesMissing::SplitFiles: return "split debug information was not found";
    case model::NamesMissing::OtherDebugFile: return "the debug file is of another build";
    case model::NamesMissing::DebugDamaged: return "the debug information is damaged";
  }
  return "unknown";
}

constexpr std::array kModuleFields{
    Field{{"id", "INTEGER", "from 1"}, [](const Row& row, Cell cell) { cell.set(row.at + 1); }},
    Field{{"path", "TEXT", "of its file"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(moduleOf(row).path); }},
    Field{{"build_id", "TEXT", "hexadecimal digits; NULL: it has none"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(buildIdOf(moduleOf(row))); }},
    Field{{"start_address", "INTEGER", "where its code began in the process"},
          [](const Row& row, Cell cell) { cell.set(moduleOf(row).start); }},
    Field{{"end_address", "INTEGER", "behind its code"},
          [](const Row& row, Cell cell) { cell.set(moduleOf(row).end); }},
    Field{{"bias", "INTEGER", "what an address in the process is larger by than in the file"},
          [](const Row& row, Cell cell) { cell.set(moduleOf(row).bias); }},
    Field{{"names_missing", "TEXT", "why its functions have no names, or not all; NULL: they have"},
          [](const Row& row, Cell cell) {
            cell.setUnlessEmpty(whyNameless(row.session.namesMissing()[row.at]));
          }},
};

constexpr RowTableWords kModules{
    "modules", "Loaded binaries that are in some stack", kModuleFields,
    [](const DecodedSession& session) { return session.definitions().modules.size(); }, 1};

}  // namespace

const RowTableWords& modulesTable() { return kModules; }

}  // namespace heaptap::sql
