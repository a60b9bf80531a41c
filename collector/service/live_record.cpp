// SPDX-License-Identifier: Apache-2.0
#include "collector/service/live_record.h"

#include <thread>

namespace heaptap::service {
namespace {

/// What a copy of the counts takes of the lock at a time: some tenths of a millisecond.
constexpr std::size_t kCopiedAtOnce = 16'384;

}  // namespace

LiveRecord::Lock LiveRecord::lockForMessage() {
  ++m_messages;
  Lock lock(m_mutex);
  --m_messages;
  return lock;
}

LiveRecord::Lock LiveRecord::lockForQuery() {
  while (m_messages != 0) std::this_thread::yield();
  return Lock(m_mutex);
}

void LiveRecord::copyCounts(model::CountsCopy& copy, Moment moment,
                            const std::function<void(model::SessionModel&)>& then) {
  const Lock copying(m_copying);
  model::SessionModel& model = m_ingest.model();
  for (bool begun = false; !begun;) {
    Lock receiving = moment == Moment::BetweenMessages ? Lock(m_receiving) : Lock();
    Lock lock = lockForQuery();
    const std::size_t pairs = model.pairs();
    const std::size_t freeSites = model.freeSites();
    begun = copy.hasRoomFor(pairs, freeSites);
    if (begun) {
      model.beginCopy(copy);
      then(model);
    } else {
      lock.unlock();
      if (receiving) receiving.unlock();
      constexpr std::size_t kNewMeanwhile = 1024;
      copy.makeRoom(pairs + pairs / 16 + kNewMeanwhile, freeSites + freeSites / 16 + kNewMeanwhile);
    }
  }
  for (bool whole = false; !whole;) {
    const Lock lock = lockForQuery();
    whole = model.copySome(kCopiedAtOnce);
  }
  copy.sort();
}

}  // namespace heaptap::service
