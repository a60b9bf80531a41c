// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/resident_watch.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;
using Duration = std::chrono::steady_clock::duration;

constexpr Duration kBeforeTheFirst = 1ms;  // The target is about to map the memory.
constexpr Duration kShortest = 5ms;
constexpr Duration kUsual = 50ms;
constexpr int kSamplesOfALife = 2048;
constexpr Duration kProportional = 1s;
constexpr int kRestAfterLook = 50;  // Times what it took.
constexpr int kRestAfterProportional = 500;
constexpr int kRestOfAll = 25;
constexpr int kRestOfAllAfterProportional = 10;
/// Of samples that are not taken: a tree that has no room for messages is not looked at without end.
constexpr std::size_t kMaxWaiting = 4096;

/// What this thread has cost: not how long it waited for a processor.
Duration cpuTime() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

Duration intervalAt(Duration age) {
  return std::max(std::clamp(age / 4, kShortest, kUsual), age / kSamplesOfALife);
}

}  // namespace

ResidentWatch::ResidentWatch(const SharedMemory& shared) : m_shared(shared), m_thread([this] { run(); }) {}

ResidentWatch::~ResidentWatch() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
    m_changed.notify_all();
  }
  m_thread.join();
}

void ResidentWatch::watch(std::uint32_t index, std::shared_ptr<const TargetProcess> process) {
  auto watched = std::make_shared<Watched>(std::move(process), m_shared);
  const std::lock_guard lock(m_mutex);
  m_watched.insert_or_assign(index, std::move(watched));
  m_changed.notify_all();
}

std::vector<ResidentSample> ResidentWatch::take(std::uint32_t index) {
  const std::lock_guard lock(m_mutex);
  const auto watched = m_watched.find(index);
  return watched != m_watched.end() ? std::exchange(watched->second->samples, {})
                                    : std::vector<ResidentSample>();
}

void ResidentWatch::forget(std::uint32_t index) {
  const std::lock_guard lock(m_mutex);
  m_watched.erase(index);
}

void ResidentWatch::run() {
  std::unique_lock lock(m_mutex);
  while (!m_stopping) {
    std::shared_ptr<Watched> next;
    for (const auto& [index, watched] : m_watched)
      if (!watched->probe.isOver() && watched->samples.size() < kMaxWaiting &&
          (!next || watched->due < next->due))
        next = watched;
    if (!next || next->due > Clock::now()) {
      if (next)
        m_changed.wait_until(lock, next->due);
      else
        m_changed.wait_for(lock, kProportional);  // What is full may be taken meanwhile.
      continue;
    }
    lock.unlock();
    const Duration rest = look(*next);
    next.reset();
    lock.lock();
    m_changed.wait_for(lock, std::min<Duration>(rest, kProportional), [this] { return m_stopping; });
  }
}

Duration ResidentWatch::look(Watched& watched) {
  const auto begun = Clock::now();
  const Duration begunAtCpu = cpuTime();
  const bool proportional = begun >= watched.proportionalDue && begun - watched.since >= kUsual;
  const std::optional<ResidentSample> sample = watched.probe.look(proportional);
  const auto ended = Clock::now();
  const Duration cost = cpuTime() - begunAtCpu;
  const std::lock_guard lock(m_mutex);
  if (sample) watched.samples.push_back(*sample);
  if (!sample)
    watched.due = ended + std::clamp((ended - watched.since) / 4, kBeforeTheFirst, kUsual);
  else if (proportional)
    watched.due = ended + intervalAt(ended - watched.since);
  else
    watched.due = ended + std::max(intervalAt(ended - watched.since), cost * kRestAfterLook);
  if (proportional) watched.proportionalDue = ended + std::max(kProportional, cost * kRestAfterProportional);
  return cost * (proportional ? kRestOfAllAfterProportional : kRestOfAll);
}

}  // namespace heaptap::relay
