// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>

#include "sql/tables/all_tables.h"
#include "sql/tables/names.h"

namespace heaptap::sql {
namespace {

const model::Pair& pairOf(const Row& row) { return row.session.definitions().pairs[row.at]; }
model::PairCounters countersOf(const Row& row) {
  return row.session.profile().countersOf(static_cast<model::PairId>(row.at));
}

constexpr std::array kPairFields{
    Field{{"id", "INTEGER", "from 0"}, [](const Row& row, Cell cell) { cell.set(row.at); }},
    Field{{"site", "INTEGER", "id of the site"},
          [](const Row& row, Cell cell) { cell.set(row.session.siteOfPair()[row.at] + std::uint64_t{1}); }},
    Field{{"stack", "INTEGER", "id of the stack that allocated"},
          [](const Row& row, Cell cell) { cell.set(model::index(pairOf(row).stack)); }},
    Field{{"heap", "TEXT", "malloc, mappings, or a name that the program gave"},
          [](const Row& row, Cell cell) {
            cell.set(std::string_view(heapName(row.session, pairOf(row).heap)));
          }},
    Field{{"size", "INTEGER", "requested bytes of each block"},
          [](const Row& row, Cell cell) { cell.set(pairOf(row).size); }},
    Field{{"slack", "INTEGER", "bytes that each block has beyond these; NULL: unknown"},
          [](const Row& row, Cell cell) {
            if (pairOf(row).slack != model::Pair::kUnknownSlack) cell.set(pairOf(row).slack);
          }},
    Field{{"origin", "TEXT", "the entry point that the program called: malloc, operator new"},
          [](const Row& row, Cell cell) { cell.set(originOf(pairOf(row).origin)); }},
    Field{{"alignment", "INTEGER", "bytes that were asked for; NULL: the allocator's own"},
          [](const Row& row, Cell cell) {
            if (pairOf(row).alignLog2 != 0) cell.set(std::uint64_t{1} << (pairOf(row).alignLog2 & 0x3F));
          }},
    Field{{"weight", "REAL", "how many allocations a recorded one stands for: 1 where all are recorded"},
          [](const Row& row, Cell cell) { cell.set(pairOf(row).weight()); }},
    Field{{"allocations", "INTEGER", "recorded ones, as are the next numbers"},
          [](const Row& row, Cell cell) { cell.set(countersOf(row).allocations); }},
    Field{{"live_blocks", "INTEGER", "not freed at the end"},
          [](const Row& row, Cell cell) { cell.set(countersOf(row).live); }},
    Field{{"peak_blocks", "INTEGER", "live when the heap was at its peak"},
          [](const Row& row, Cell cell) { cell.set(countersOf(row).liveAtPeak); }},
    Field{{"temporaries", "INTEGER",
           "freed by the thread that allocated them, with no allocation by it between"},
          [](const Row& row, Cell cell) { cell.set(countersOf(row).temporaries); }},
};

constexpr RowTableWords kPairs{
    "pairs", "Allocations that are counted together: one size at one site", kPairFields,
    [](const DecodedSession& session) { return session.definitions().pairs.size(); }};

}  // namespace

const RowTableWords& pairsTable() { return kPairs; }

}  // namespace heaptap::sql
