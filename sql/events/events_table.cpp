// SPDX-License-Identifier: Apache-2.0
#include "sql/events/events_table.h"

#include "sql/events/events_plan.h"
#include "sql/tables/names.h"

namespace heaptap::sql {

int EventsTable::plan(sqlite3_index_info& info) const {
  planEvents(info);
  return SQLITE_OK;
}

Result<void> EventsTable::Cursor::filter(int, const char* planText, std::span<sqlite3_value* const> values) {
  m_scan.reset();
  m_groups.reset();
  m_at = m_count = 0;
  auto session = m_context->session();
  if (!session) return tl::unexpected(session.error());
  m_session = std::move(*session);
  m_context->noteEvents();
  auto read = plannedEvents(planText, values, *m_session);
  if (!read) return tl::unexpected(std::move(read.error()));
  PlannedEvents& planned = *read;
  m_sizes = planned.wanted.has(EventColumn::Size) ? m_session->sizes().data() : nullptr;
  m_sites = planned.wanted.has(EventColumn::Site) ? m_session->siteOfPair().data() : nullptr;
  const EventColumns summed(m_context->summedColumns().value_or(0));
  const bool isSummed = m_context->summedColumns().has_value() && canBeGrouped(summed);
  m_scan =
      std::make_unique<EventScan>(m_session, std::move(planned.filter), isSummed ? summed : planned.wanted);
  return m_scan->begin(*m_context).and_then([&] { return isSummed ? group(summed) : nextBatch(); });
}

Result<void> EventsTable::Cursor::group(EventColumns columns) {
  auto groups = groupsOf(*m_scan, columns.needsPairs() ? m_session->definitions().pairs.size() : 0);
  if (!groups) return tl::unexpected(groups.error());
  m_groups = std::move(*groups);
  m_selected = nullptr;
  m_count = m_groups->times.size();
  if (m_count != 0) m_context->setRowStandsFor(m_groups->times[0]);
  return {};
}

Result<void> EventsTable::Cursor::nextBatch() {
  if (m_groups) {
    m_context->setRowStandsFor(1);
    return {};
  }
  const auto found = m_scan->next();
  if (!found) return tl::unexpected(found.error());
  m_at = 0;
  m_count = 0;
  if (!*found) return {};
  m_selected = m_scan->areAllSelected() ? nullptr : m_scan->selected().data();
  m_count = m_scan->areAllSelected() ? m_scan->events().size() : m_scan->selected().size();
  return {};
}

void EventsTable::Cursor::column(Cell cell, int column) const {
  const BatchEvents& events = m_groups ? m_groups->events : m_scan->events();
  const std::size_t i = event();
  const bool isFree = events.isFree[i] != 0;
  const auto pair = [&]() -> const model::Pair& { return m_session->definitions().pairs[events.pair[i]]; };
  switch (static_cast<EventColumn>(column)) {
    case EventColumn::AtNs: return cell.set(events.atNs[i]);
    case EventColumn::Kind: return cell.setWord(isFree ? "free" : "allocation");
    case EventColumn::Number: return cell.set(events.number[i]);
    case EventColumn::Thread: return cell.set(events.thread[i]);
    case EventColumn::Address:
      if (!isFree || m_scan->isBorn()[i] != 0) cell.set(events.address[i]);
      return;
    case EventColumn::Size: return cell.set(m_sizes[events.pair[i]]);
    case EventColumn::Pair: return cell.set(events.pair[i]);
    case EventColumn::Site: return cell.set(m_sites[events.pair[i]] + std::uint64_t{1});
    case EventColumn::Stack: return cell.set(model::index(pair().stack));
    case EventColumn::Heap: return cell.set(std::string_view(heapName(*m_session, pair().heap)));
    case EventColumn::Origin: return cell.setWord(originOf(pair().origin));
    case EventColumn::Weight: return cell.set(pair().weight());
    case EventColumn::FreeStack: return cell.setUnlessZero(events.freeStack[i]);
    case EventColumn::AllocatedBy:
      if (!isFree) return cell.set(events.thread[i]);
      if (m_scan->isBorn()[i] != 0) cell.set(m_scan->birthThreads()[i]);
      return;
    case EventColumn::LifetimeNs:
      if (isFree && m_scan->isBorn()[i] != 0) cell.set(m_scan->lifetimesNs()[i]);
      return;
  }
}

sqlite3_int64 EventsTable::Cursor::rowid() const {
  static constexpr std::uint64_t kMostEvents = 1U << 20;  // Of a batch: ingest::kMaxBatchEvents.
  return static_cast<sqlite3_int64>(m_scan->sequence() * kMostEvents + event());
}

}  // namespace heaptap::sql
