// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>

#include "sql/tables/all_tables.h"
#include "sql/tables/names.h"

namespace heaptap::sql {
namespace {

client::SiteKey keyOf(const Row& row) { return row.session.sites().key(static_cast<std::uint32_t>(row.at)); }

template <std::uint64_t client::SiteCounters::*kNumber>
void number(const Row& row, Cell cell) {
  cell.set(row.session.sites().counters(static_cast<std::uint32_t>(row.at)).*kNumber);
}

template <std::string_view client::StackLine::*kText>
void placeText(const Row& row, Cell cell) {
  if (const auto place = placeOf(row.session, keyOf(row).stack)) cell.setUnlessEmpty((*place).*kText);
}

constexpr std::array kSiteFields{
    Field{{"id", "INTEGER", "from 1"}, [](const Row& row, Cell cell) { cell.set(row.at + 1); }},
    Field{{"function", "TEXT",
           "of the innermost frame that is not the allocator's; without a name, module+0xoffset"},
          [](const Row& row, Cell cell) {
            if (const auto place = placeOf(row.session, keyOf(row).stack))
              cell.set(std::string_view(functionOf(*place)));
          }},
    Field{{"file", "TEXT", "of its source; NULL: unknown"}, placeText<&client::StackLine::file>},
    Field{{"line", "INTEGER", "in that file; NULL: unknown"},
          [](const Row& row, Cell cell) {
            if (const auto place = placeOf(row.session, keyOf(row).stack)) cell.setUnlessZero(place->line);
          }},
    Field{{"module", "TEXT", "path of its binary; NULL: none"}, placeText<&client::StackLine::module>},
    Field{{"live_bytes", "INTEGER", "requested, and not freed at the end"},
          number<&client::SiteCounters::liveBytes>},
    Field{{"live_blocks", "INTEGER", "not freed at the end"}, number<&client::SiteCounters::liveBlocks>},
    Field{{"peak_bytes", "INTEGER", "live when the heap was at its peak"},
          number<&client::SiteCounters::peakBytes>},
    Field{{"allocations", "INTEGER", "in all"}, number<&client::SiteCounters::allocations>},
    Field{{"frees", "INTEGER", "of blocks of this site"}, number<&client::SiteCounters::frees>},
    Field{{"allocated_bytes", "INTEGER", "sum of all requested bytes"},
          number<&client::SiteCounters::allocatedBytes>},
    Field{{"temporaries", "INTEGER",
           "freed by the thread that allocated them, with no allocation by it between"},
          number<&client::SiteCounters::temporaries>},
    Field{{"stack", "INTEGER", "id of the stack: stacks(stack), stack_text(stack)"},
          [](const Row& row, Cell cell) { cell.set(model::index(keyOf(row).stack)); }},
    Field{{"heap", "TEXT", "malloc, mappings, or a name that the program gave"},
          [](const Row& row, Cell cell) {
            cell.set(std::string_view(heapName(row.session, keyOf(row).heap)));
          }},
};

constexpr RowTableWords kSites{
    "sites", "Stacks that allocated, with what was counted; where allocations are sampled, estimates",
    kSiteFields, [](const DecodedSession& session) { return session.sites().size(); }, 1};

}  // namespace

const RowTableWords& sitesTable() { return kSites; }

}  // namespace heaptap::sql
