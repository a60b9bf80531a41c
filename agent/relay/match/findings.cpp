// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/findings.h"

#include "agent/wire/heap.h"

namespace heaptap::relay {
namespace {

bool isOperators(wire::Family family) {
  return family >= wire::Family::New && family <= wire::Family::NewArrayAligned;
}

/// An operator may be made of it.
bool mayBeOperators(wire::Origin origin) {
  return wire::familyOf(origin) == wire::Family::Malloc && origin != wire::Origin::Realloc &&
         origin != wire::Origin::ReallocArray;
}

}  // namespace

void Findings::add(const Moment& when, std::uint64_t address, const Mistake& mistake,
                   wire::Origin allocated) {
  const auto known = m_index.find(mistake);
  if (known == m_index.end() && m_all.size() == kMax) {
    ++m_beyond;
    return;
  }
  const auto id = known != m_index.end() ? known->second : static_cast<std::uint32_t>(m_all.size());
  if (known == m_index.end()) {
    m_index.emplace(mistake, id);
    m_all.push_back({.mistake = mistake, .first = when, .address = address});
    noteDoubt(id, mistake, allocated);
  }
  Counted& counted = m_all[id];
  ++counted.count;
  if (!std::exchange(counted.changed, true)) m_changed.push_back(id);
}

void Findings::noteDoubt(std::uint32_t id, const Mistake& mistake, wire::Origin allocated) {
  if (mistake.kind != v1::FINDING_MISMATCHED_FREE || mistake.heap != wire::kMallocHeap) return;
  const wire::Family allocates = wire::familyOf(allocated);
  const wire::Family frees = wire::familyOf(mistake.origin);
  if (isOperators(allocates) && mayBeOperators(mistake.origin))
    m_doubts.push_back({.finding = id, .stack = mistake.stack, .other = allocates});
  else if (isOperators(frees) && mayBeOperators(allocated))
    m_doubts.push_back({.finding = id, .pair = mistake.pair, .isOfPair = true, .other = frees});
}

void Findings::dismiss(std::uint32_t id) {
  if (id >= m_all.size() || std::exchange(m_all[id].dismissed, true)) return;
  if (!std::exchange(m_all[id].changed, true)) m_changed.push_back(id);
}

void Findings::flush(MessageSink& sink) {
  if (m_changed.empty()) return;
  v1::RecordRequest request;
  v1::Findings& findings = *request.mutable_findings();
  for (const std::uint32_t id : m_changed) {
    Counted& counted = m_all[id];
    counted.changed = false;
    v1::Findings::Finding& finding = *findings.add_findings();
    finding.set_id(id);
    finding.set_kind(counted.mistake.kind);
    finding.set_count(counted.count);
    finding.set_pair(counted.mistake.pair == Mistake::kNoPair ? 0 : counted.mistake.pair + 1);
    finding.set_free_origin(static_cast<v1::Origin>(counted.mistake.origin));
    finding.set_free_stack(counted.mistake.stack);
    finding.set_earlier_free_stack(counted.mistake.earlierStack);
    finding.set_declared_size(counted.mistake.declared);
    finding.set_first_ns(counted.first.timeNs);
    finding.set_thread(counted.first.thread);
    finding.set_address(counted.address);
    finding.set_heap(counted.mistake.heap);
    finding.set_own_operator(counted.dismissed);
  }
  m_changed.clear();
  sink.send(request);
}

}  // namespace heaptap::relay
