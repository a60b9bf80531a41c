// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/findings.h"

namespace heaptap::relay {

void Findings::add(const Moment& when, std::uint64_t address, const Mistake& mistake) {
  const auto known = m_index.find(mistake);
  if (known == m_index.end() && m_all.size() == kMax) {
    ++m_beyond;
    return;
  }
  const auto id = known != m_index.end() ? known->second : static_cast<std::uint32_t>(m_all.size());
  if (known == m_index.end()) {
    m_index.emplace(mistake, id);
    m_all.push_back({.mistake = mistake, .first = when, .address = address});
  }
  Counted& counted = m_all[id];
  ++counted.count;
  if (!std::exchange(counted.changed, true)) m_changed.push_back(id);
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
  }
  m_changed.clear();
  sink.send(request);
}

}  // namespace heaptap::relay
