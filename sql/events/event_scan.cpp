// SPDX-License-Identifier: Apache-2.0
#include "sql/events/event_scan.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "collector/store/stored_rows.h"
#include "collector/store/stored_tables.h"

namespace heaptap::sql {
namespace {

/// What must be decoded for the columns that are shown, and for those that are filtered by.
EventColumns neededFor(EventColumns wanted, const EventFilter& filter) {
  using enum EventColumn;
  if (!filter.atNs.isAll() || wanted.has(LifetimeNs)) wanted.add(AtNs);
  if (!filter.address.isAll()) wanted.add(Address);
  if (!filter.number.isAll() || wanted.needsBirths()) wanted.add(Number);
  if (filter.looksAtThreads() || wanted.has(AllocatedBy)) wanted.add(Thread);
  if (filter.pairs) wanted.add(Pair);
  return wanted;
}

EventBounds boundsOf(const DecodedSession& session) {
  return {.threads = session.definitions().threads.size(),
          .pairs = session.definitions().pairs.size(),
          .stacks = session.definitions().stacks.size(),
          .timeUnitNs = session.view().identity.timeUnitNs};
}

}  // namespace

EventScan::EventScan(SharedSession session, EventFilter filter, EventColumns wanted)
    : m_session(std::move(session)),
      m_filter(std::move(filter)),
      m_wanted(neededFor(wanted, m_filter)),
      m_decoder(boundsOf(*m_session), m_wanted) {}

Result<void> EventScan::begin(SessionContext& context) {
  m_context = &context;
  m_chunks.emplace(context.database());
  if (auto checked = m_session->checkEvents(); !checked) return checked;
  if (m_filter.wantsNothing()) return {};
  std::int64_t first = std::numeric_limits<std::int64_t>::min();
  if (m_filter.number.from() > 0) {
    // A free comes later than its allocation.
    const auto found = context.database().number(
        "SELECT coalesce(max(sequence), 0) FROM main.event_blob WHERE first_allocation <= " +
        std::to_string(m_filter.number.from()));
    if (!found) return tl::unexpected(found.error());
    first = *found;
  }
  // The addresses of frees are those of allocations that may be much earlier.
  const std::int64_t since = m_wanted.needsBirths() ? 0 : m_filter.atNs.from();
  auto rows = context.database().prepare(
      store::storedRows("sequence, events, first_allocation, from_ns, data", "main.event_blob",
                        "sequence >= :first AND to_ns >= :since AND from_ns <= :until"));
  if (!rows) return tl::unexpected(rows.error());
  m_rows = std::move(*rows);
  m_rows->start(store::Named{"first", first}, store::Named{"since", since},
                store::Named{"until", m_filter.atNs.to()});
  return {};
}

Result<bool> EventScan::next() {
  while (m_rows) {
    const auto row = m_rows->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    if (auto decoded = decode(*m_rows); !decoded) return tl::unexpected(decoded.error());
    if (m_wanted.needsBirths()) {
      matchBirths();
      if (auto checked =
              m_context->checkMemory(m_births.capacity() * (sizeof(std::uint64_t) + sizeof(Birth)));
          !checked)
        return tl::unexpected(checked.error());
    }
    select();
    if (m_areAllSelected ? m_events.size() != 0 : !m_selected.empty()) return true;
  }
  m_rows.reset();
  return false;
}

Result<void> EventScan::decode(const store::Statement& row) {
  m_sequence = row.as<std::uint64_t>("sequence");
  if (auto decoded = store::decodeEvents(row, m_blobs, m_batch); !decoded) return decoded;
  if (m_batch.events() != row.as<std::uint64_t>("events") ||
      m_batch.first_allocation() != row.as<std::uint64_t>("first_allocation") ||
      m_batch.base_time_ns() != row.as<std::uint64_t>("from_ns"))
    return failure(Code::Corrupt, "", "a batch of events is not the one that its row tells of");
  if (m_batch.base_time_ns() < m_endNs)
    return failure(Code::Corrupt, "", "a batch of events begins before the one before has ended");
  auto decoded = m_decoder.decode(m_batch, m_events, *m_chunks);
  m_endNs = std::max(m_batch.base_time_ns(), m_events.endNs);
  return decoded;
}

void EventScan::matchBirths() {
  const bool withTimes = m_wanted.has(EventColumn::LifetimeNs);
  const bool withThreads = m_wanted.has(EventColumn::AllocatedBy);
  if (withThreads) m_birthThread.assign(m_events.size(), 0);
  m_isBorn.assign(m_events.size(), 0);
  if (withTimes) m_lifetimeNs.assign(m_events.size(), 0);
  for (std::size_t i = 0; i < m_events.size(); ++i) {
    const std::uint64_t number = m_events.number[i];
    if (m_events.isFree[i] == 0) {
      if (!m_filter.address.has(static_cast<std::int64_t>(m_events.address[i])) ||
          !m_filter.number.has(static_cast<std::int64_t>(number)))
        continue;
      m_births[number] = {.address = m_events.address[i],
                          .atNs = withTimes ? m_events.atNs[i] : 0,
                          .thread = withThreads ? m_events.thread[i] : 0};
      continue;
    }
    const auto birth = m_births.find(number);
    if (birth == m_births.end()) continue;
    m_isBorn[i] = 1;
    m_events.address[i] = birth->second.address;
    if (withTimes) m_lifetimeNs[i] = m_events.atNs[i] - birth->second.atNs;
    if (withThreads) m_birthThread[i] = birth->second.thread;
    m_births.erase(birth);
  }
}

void EventScan::select() {
  m_areAllSelected = m_filter.atNs.isAll() && m_filter.number.isAll() && m_filter.address.isAll() &&
                     !m_filter.looksAtThreads() && !m_filter.pairs && m_filter.allocations && m_filter.frees;
  if (m_areAllSelected) return;
  m_selected.clear();
  for (std::size_t i = 0; i < m_events.size(); ++i)
    if (isWanted(i)) m_selected.push_back(static_cast<std::uint32_t>(i));
}

bool EventScan::isWanted(std::size_t i) const {
  const bool isFree = m_events.isFree[i] != 0;
  if (isFree ? !m_filter.frees : !m_filter.allocations) return false;
  if (!m_filter.atNs.isAll() && !m_filter.atNs.has(static_cast<std::int64_t>(m_events.atNs[i]))) return false;
  if (!m_filter.number.isAll() && !m_filter.number.has(static_cast<std::int64_t>(m_events.number[i])))
    return false;
  if (m_filter.looksAtThreads() && !m_filter.wantsThread(m_events.thread[i])) return false;
  if (m_filter.pairs && (*m_filter.pairs)[m_events.pair[i]] == 0) return false;
  if (m_filter.address.isAll()) return true;
  return (!isFree || m_isBorn[i] != 0) &&
         m_filter.address.has(static_cast<std::int64_t>(m_events.address[i]));
}

}  // namespace heaptap::sql
