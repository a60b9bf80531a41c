// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/match_threads.h"

#include <pthread.h>

#include <algorithm>
#include <system_error>

#include "agent/relay/drain/event_translator.h"

namespace heaptap::relay {

MatchThreads::MatchThreads(unsigned shards, unsigned threads) : m_most(threads), m_shards(shards) {}

MatchThreads::~MatchThreads() {
  {
    const std::lock_guard lock(m_mutex);
    m_isLeaving = true;
    m_changed.notify_all();
    m_use.notify_all();
  }
  for (std::thread& thread : m_threads) thread.join();
}

unsigned MatchThreads::use(unsigned threads) {
  const std::unique_lock lock(m_mutex);
  for (std::size_t i = 0; m_filling == nullptr && i < kWindows; ++i)
    m_windows[i] = std::make_unique<EventWindow>(static_cast<unsigned>(m_shards.size()));
  begin(lock);
  threads = std::min(threads, m_most);
  try {
    while (m_threads.size() + 1 < threads)
      m_threads.emplace_back([this, number = static_cast<unsigned>(m_threads.size() + 1)] { run(number); });
  } catch (const std::system_error&) {
    // A limit on threads. The next time tries again.
  }
  m_inUse = std::min(threads, static_cast<unsigned>(m_threads.size() + 1));
  m_use.notify_all();
  return m_inUse;
}

void MatchThreads::send() {
  std::unique_lock lock(m_mutex);
  handOver(lock);
  // The next place of the ring is free when what was in it is concluded.
  helpUntil(lock, m_sent < kWindows ? 0 : m_sent - kWindows + 1);
  begin(lock);
}

void MatchThreads::settle() {
  if (m_filling == nullptr) return;
  std::unique_lock lock(m_mutex);
  if (m_filling->size() != 0) handOver(lock);
  helpUntil(lock, m_sent);
  begin(lock);
  ++m_settled;
}

void MatchThreads::begin(const std::unique_lock<std::mutex>& /*lock*/) {
  m_filling = &windowOf(m_sent);
  m_filling->begin(m_sent + 1);
}

/// What its events refer to for the first time goes with it, so that it can be sent before them.
void MatchThreads::handOver(std::unique_lock<std::mutex>& lock) {
  class Kept final : public MessageSink {
   public:
    explicit Kept(std::vector<v1::RecordRequest>& messages) : m_messages(messages) {}
    void send(v1::RecordRequest& request) override { m_messages.emplace_back().Swap(&request); }

   private:
    std::vector<v1::RecordRequest>& m_messages;
  };
  lock.unlock();
  for (EventWindow::Process& process : m_filling->processes()) {
    Kept definitions(process.definitions);
    process.translator->takeDefinitions(definitions);
  }
  lock.lock();
  m_unmatched[m_sent % kWindows] = static_cast<unsigned>(m_shards.size());
  ++m_sent;
  m_changed.notify_all();
}

void MatchThreads::helpUntil(std::unique_lock<std::mutex>& lock, std::uint64_t concluded) {
  while (m_concluded < concluded) {
    if (const auto task = take(lock, 0))
      perform(lock, *task);
    else
      m_changed.wait(lock);
  }
}

void MatchThreads::run(unsigned number) {
  pthread_setname_np(pthread_self(), "match");
  std::unique_lock lock(m_mutex);
  while (!m_isLeaving) {
    if (number >= m_inUse)
      m_use.wait(lock);
    else if (const auto task = take(lock, number))
      perform(lock, *task);
    else
      m_changed.wait(lock);
  }
}

std::optional<MatchThreads::Task> MatchThreads::take(const std::unique_lock<std::mutex>& lock,
                                                     unsigned thread) {
  skipEmpty(lock);
  if (!m_isConcluding && m_concluded < m_sent && m_unmatched[m_concluded % kWindows] == 0) {
    m_isConcluding = true;
    return Task{.window = windowOf(m_concluded)};
  }
  // Each begins its search elsewhere, so that it comes back to tables that its processor's cache has.
  const std::size_t first = thread * m_shards.size() / m_inUse;
  std::optional<unsigned> oldest;
  for (std::size_t i = 0; i < m_shards.size(); ++i) {
    const auto shard = static_cast<unsigned>((first + i) % m_shards.size());
    if (m_shards[shard].isBusy || m_shards[shard].next == m_sent) continue;
    if (!oldest || m_shards[shard].next < m_shards[*oldest].next) oldest = shard;
  }
  if (!oldest) return std::nullopt;
  m_shards[*oldest].isBusy = true;
  return Task{.window = windowOf(m_shards[*oldest].next), .shard = oldest};
}

void MatchThreads::skipEmpty(const std::unique_lock<std::mutex>& /*lock*/) {
  for (unsigned i = 0; i < m_shards.size(); ++i) {
    Shard& shard = m_shards[i];
    while (!shard.isBusy && shard.next < m_sent && windowOf(shard.next).places(i).empty())
      --m_unmatched[shard.next++ % kWindows];
  }
}

void MatchThreads::perform(std::unique_lock<std::mutex>& lock, const Task& task) {
  lock.unlock();
  if (task.shard)
    match(*task.shard, task.window);
  else
    conclude(task.window);
  lock.lock();
  if (!task.shard) {
    m_isConcluding = false;
    ++m_concluded;
    m_changed.notify_all();
    return;
  }
  Shard& shard = m_shards[*task.shard];
  shard.isBusy = false;
  --m_unmatched[shard.next++ % kWindows];
  // Two tasks at most have become possible: the next one of the shard, and the conclusion.
  m_changed.notify_one();
}

void MatchThreads::match(unsigned shard, EventWindow& window) {
  const std::span<const std::uint16_t> places = window.places(shard);
  if (window.processes().size() == 1)
    return window.processes().front().translator->match(shard, window, places);
  const auto processAt = [&](std::size_t i) { return window.events()[places[i]].process; };
  for (std::size_t begin = 0; begin < places.size();) {
    std::size_t end = begin + 1;
    while (end < places.size() && processAt(end) == processAt(begin)) ++end;
    window.processes()[processAt(begin)].translator->match(shard, window, places.subspan(begin, end - begin));
    begin = end;
  }
}

void MatchThreads::conclude(EventWindow& window) {
  constexpr std::size_t kAhead = 12;
  for (EventWindow::Process& process : window.processes()) process.translator->conclude(process.definitions);
  std::vector<std::size_t> lostSoFar(window.shards());
  const OrderedEvent* const events = window.events();
  for (std::size_t i = 0; i < window.size(); ++i) {
    if (i + kAhead < window.size()) {
      const OrderedEvent& ahead = events[i + kAhead];
      window.processes()[ahead.process].translator->prefetchConclusion(ahead);
    }
    const OrderedEvent& event = events[i];
    EventTranslator& translator = *window.processes()[event.process].translator;
    const Block* lost = nullptr;
    if (event.isAllocation() && event.isFilled) {
      const unsigned shard = translator.shardOf(event.address);
      lost = &window.lost(shard)[lostSoFar[shard]++];
    }
    translator.conclude(event, window.given(event), lost);
  }
}

}  // namespace heaptap::relay
