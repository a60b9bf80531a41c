// SPDX-License-Identifier: Apache-2.0
#include "sql/blocks/blocks_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collector/model/copied_session.h"
#include "sql/blocks/instant_argument.h"
#include "sql/range.h"
#include "sql/tables/names.h"

namespace heaptap::sql {
namespace {

enum BlockColumn {
  kBlockNumber,
  kBlockAddress,
  kBlockSize,
  kBlockAtNs,
  kBlockAgeNs,
  kBlockThread,
  kBlockPair,
  kBlockSite,
  kBlockStack,
  kBlockHeap,
  kBlockWeight,
  kBlockInstant
};

constexpr std::array kBlockColumns{
    ColumnWords{"number", "INTEGER", "of its allocation, from 0"},
    ColumnWords{"address", "INTEGER", "of the block"},
    ColumnWords{"size", "INTEGER", "requested bytes"},
    ColumnWords{"at_ns", "INTEGER", "when it was allocated"},
    ColumnWords{"age_ns", "INTEGER", "from then to the instant"},
    ColumnWords{"thread", "INTEGER", "id of the thread that allocated it"},
    ColumnWords{"pair", "INTEGER", "id of the pair"},
    ColumnWords{"site", "INTEGER", "id of the site"},
    ColumnWords{"stack", "INTEGER", "id of the stack that allocated"},
    ColumnWords{"heap", "TEXT", "malloc, mappings, or a name that the program gave"},
    ColumnWords{"weight", "REAL", "how many it stands for: 1 where all are recorded"},
    ColumnWords{"instant", "",
                "when: a number of ns, '1.5s', '-10s', '50%', 'peak', 'end', or the name of a mark; without "
                "one, at the end",
                true},
};
constexpr TableWords kBlocksWords{"blocks_at", "Blocks that are live at an instant: blocks_at('50%')",
                                  kBlockColumns};

enum BlocksPlan { kAtEnd, kAtInstant };

}  // namespace

const TableWords& BlocksTable::words() const { return kBlocksWords; }

int BlocksTable::plan(sqlite3_index_info& info) const {
  info.estimatedCost = 1e8;
  info.estimatedRows = 1'000'000;
  bool isAsked = false;
  for (int i = 0; i < info.nConstraint; ++i) {
    const auto& constraint = info.aConstraint[i];
    if (constraint.iColumn != kBlockInstant || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    isAsked = true;
    if (constraint.usable == 0) continue;
    info.aConstraintUsage[i].argvIndex = 1;
    info.aConstraintUsage[i].omit = 1;
    info.idxNum = kAtInstant;
    return SQLITE_OK;
  }
  // The instant comes from another table, which is to be read first.
  return isAsked ? SQLITE_CONSTRAINT : SQLITE_OK;
}

Result<void> BlocksTable::Cursor::filter(int plan, const char*, std::span<sqlite3_value* const> values) {
  m_blocks.clear();
  m_at = 0;
  auto found = m_context->session();
  if (!found) return tl::unexpected(found.error());
  m_session = std::move(*found);
  m_context->noteEvents();
  if (auto checked = m_session->checkEvents(); !checked) return checked;
  const auto target = plan == kAtInstant ? instantOf(values[0], *m_session) : endOf(*m_session);
  if (!target) return tl::unexpected(target.error());
  m_instantNs = nsOfInstant(*target);
  auto reader = m_context->reader();
  if (!reader) return tl::unexpected(reader.error());
  replay::StoredEvents events(*reader, m_session->definitions(), m_session->view().identity.timeUnitNs,
                              [] { return false; });
  return replay::instantAt(events, *target, store::Asked::Blocks)
      .and_then([&](const replay::Instant& instant) {
        return replay::forEachLiveBlock(
            events, instant.place, 0, [&](const model::LiveBlock& block) -> Result<void> {
              m_blocks.push_back(block);
              return m_context->checkMemory(m_blocks.capacity() * sizeof(model::LiveBlock));
            });
      })
      .and_then([&] { return replay::addThreads(events, m_blocks); })
      .map([&] { std::ranges::sort(m_blocks, {}, &model::LiveBlock::number); })
      .map_error([](Error error) {
        if (!error.where.empty()) error.what = error.where + ": " + error.what;
        error.where.clear();  // Else it is said twice.
        return error;
      });
}

void BlocksTable::Cursor::column(Cell cell, int column) const {
  const model::LiveBlock& block = m_blocks[m_at];
  const auto pair = [&]() -> const model::Pair& { return m_session->definitions().pair(block.pair); };
  switch (column) {
    case kBlockNumber: return cell.set(block.number);
    case kBlockAddress: return cell.set(block.address);
    case kBlockSize: return cell.set(pair().size);
    case kBlockAtNs: return cell.set(block.atNs);
    case kBlockAgeNs: return cell.set(m_instantNs - std::min(block.atNs, m_instantNs));
    case kBlockThread:
      if (block.thread) cell.set(model::index(*block.thread));
      return;
    case kBlockPair: return cell.set(model::index(block.pair));
    case kBlockSite: return cell.set(m_session->siteOfPair()[model::index(block.pair)] + std::uint64_t{1});
    case kBlockStack: return cell.set(model::index(pair().stack));
    case kBlockWeight: return cell.set(pair().weight());
    case kBlockHeap: return cell.set(std::string_view(heapName(*m_session, pair().heap)));
    default: return;
  }
}

}  // namespace heaptap::sql
