// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "proto/words/finding_words.h"
#include "proto/words/origin_name.h"
#include "sql/tables/all_tables.h"
#include "sql/tables/names.h"

namespace heaptap::sql {
namespace {

const v1::FindingReport& findingOf(const Row& row) { return row.session.findings()[row.at]; }

constexpr std::array kFindingFields{
    Field{{"id", "INTEGER", "from 1, those made most often first"},
          [](const Row& row, Cell cell) { cell.set(row.at + 1); }},
    Field{{"kind", "TEXT", "doubleFree, unknownFree, mismatchedFree, wrongSize or wrongAlignment"},
          [](const Row& row, Cell cell) { cell.set(findingKey(findingOf(row).kind())); }},
    Field{{"what", "TEXT", "the same in words"},
          [](const Row& row, Cell cell) { cell.set(std::string_view(findingWords(findingOf(row)))); }},
    Field{{"count", "INTEGER", "how often, with the same stacks"},
          [](const Row& row, Cell cell) { cell.set(findingOf(row).count()); }},
    Field{{"first_ns", "INTEGER", "when it was made first"},
          [](const Row& row, Cell cell) { cell.set(findingOf(row).first_ns()); }},
    Field{{"thread", "INTEGER", "id of the thread that made it first"},
          [](const Row& row, Cell cell) { cell.set(findingOf(row).thread()); }},
    Field{{"address", "INTEGER", "of the block then"},
          [](const Row& row, Cell cell) { cell.setUnlessZero(findingOf(row).address()); }},
    Field{{"size", "INTEGER", "of the block, requested bytes; NULL: the block is not known"},
          [](const Row& row, Cell cell) {
            if (findingOf(row).has_size()) cell.set(findingOf(row).size());
          }},
    Field{{"allocation_stack", "INTEGER",
           "where the block was allocated; NULL: not recorded, as for the next ones"},
          [](const Row& row, Cell cell) { cell.setUnlessZero(findingOf(row).allocation_stack()); }},
    Field{{"free_stack", "INTEGER", "where it was freed"},
          [](const Row& row, Cell cell) { cell.setUnlessZero(findingOf(row).free_stack()); }},
    Field{{"earlier_free_stack", "INTEGER", "of a double free: where it was freed before"},
          [](const Row& row, Cell cell) { cell.setUnlessZero(findingOf(row).earlier_free_stack()); }},
    Field{{"allocation_origin", "TEXT", "the entry point that allocated; NULL: the block is not known"},
          [](const Row& row, Cell cell) {
            if (findingOf(row).has_size()) cell.set(originName(findingOf(row).allocation_origin()));
          }},
    Field{{"free_origin", "TEXT", "the entry point that freed"},
          [](const Row& row, Cell cell) { cell.set(originName(findingOf(row).free_origin())); }},
    Field{{"heap", "TEXT", "malloc, mappings, or a name that the program gave"},
          [](const Row& row, Cell cell) {
            if (findingOf(row).heap() < row.session.definitions().heaps())
              cell.set(
                  std::string_view(heapName(row.session, static_cast<model::HeapId>(findingOf(row).heap()))));
          }},
};

constexpr RowTableWords kFindings{"findings", "Wrong uses of the heap", kFindingFields,
                                  [](const DecodedSession& session) { return session.findings().size(); }, 1};

}  // namespace

const RowTableWords& findingsTable() { return kFindings; }

}  // namespace heaptap::sql
