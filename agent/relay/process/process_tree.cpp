// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/process_tree.h"

#include <algorithm>
#include <utility>

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kBusyInterval = 1ms;
constexpr auto kIdleInterval = 5ms;
/// Where allocations are sampled, few events come: the relay need not look so often, nor wake a processor
/// that the target could have.
constexpr auto kSampledInterval = 20ms;
constexpr std::size_t kManySampled = 1000;
constexpr auto kHousekeepingInterval = 100ms;
constexpr auto kMeetingPatience = 500ms;
constexpr std::uint64_t kMaxBatchAgeNs = 50'000'000;
/// Polls after the end of a process in which everything it wrote is surely taken: each takes far more than a
/// 64th of the pool. Beyond, another process writes into its streams.
constexpr int kMaxRoundsSinceEnd = 64;

}  // namespace

ProcessTree::ProcessTree(Setup setup)
    : m_memory(std::move(setup.memory)),
      m_hellos(std::move(setup.hellos)),
      m_binaries(std::move(setup.binaries)),
      m_schedule(setup.schedule),
      m_onNews(std::move(setup.onNews)),
      m_firstPid(setup.process.pid()),
      m_clock(m_memory->clockMode(), m_memory->clockBase()),
      m_resident(*m_memory),
      m_roster(*m_memory, m_clock,
               {.uplink = std::move(setup.uplink),
                .hellos = m_hellos,
                .binaries = m_binaries,
                .shards = setup.matching.shards,
                .onCommand = [this](std::uint32_t index, const auto& command) { obey(index, command); },
                .onNews = m_onNews,
                .onMember = [this](std::uint32_t index,
                                   const auto& process) { m_resident.watch(index, process); }}),
      m_drain(*m_memory, m_clock, m_roster, setup.matching),
      m_seccomp(*m_memory, setup.process.seccompAtStart()) {
  m_roster.add({}, std::make_shared<const TargetProcess>(std::move(setup.process)), setup.hello,
               setup.statusWillCome, std::move(setup.handle));
  m_thread = std::thread([this] { run(); });
}

ProcessTree::~ProcessTree() {
  stop();
  m_thread.join();
}

void ProcessTree::wake() {
  const std::lock_guard lock(m_mutex);
  m_news = true;
  m_changed.notify_all();
}

void ProcessTree::processEnded(std::uint32_t index) {
  m_roster.processEnded(index);
  wake();
}

void ProcessTree::awaitMeeting(std::uint32_t pid) {
  const std::uint32_t count = m_memory->header().processCount.load(std::memory_order_relaxed);
  for (std::uint32_t index = wire::kFirstProcess + 1; index < count; ++index) {
    const wire::ProcessSlot* const slot = m_memory->process(index);
    if (slot == nullptr) return;
    if (slot->claimed.load(std::memory_order_acquire) != 1 ||
        __atomic_load_n(&slot->pid, __ATOMIC_RELAXED) != pid)
      continue;
    {
      const std::lock_guard lock(m_mutex);
      if (m_over) return;  // No process is met any more.
      m_news = true;
      m_changed.notify_all();
    }
    m_roster.awaitMeeting(index, kMeetingPatience);
  }
}

void ProcessTree::replaced(pid_t pid, std::uint32_t ownPid, std::uint32_t pidNamespace) {
  m_roster.replaced(pid, ownPid, pidNamespace);
  wake();
}

void ProcessTree::stop() {
  m_memory->stop();
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  wake();
}

void ProcessTree::obey(std::uint32_t index, const v1::ControlCommand& command) {
  switch (command.kind()) {
    case v1::ControlCommand::KIND_PAUSE: return m_memory->pause();
    case v1::ControlCommand::KIND_RESUME: return m_memory->resume();
    case v1::ControlCommand::KIND_MARK:
    case v1::ControlCommand::KIND_SNAPSHOT: return wake();  // Its session has noted it.
    case v1::ControlCommand::KIND_STOP: {
      m_roster.end(index, v1::Goodbye::END_STOPPED);
      return wake();
    }
    default: return;  // From a later version.
  }
}

std::uint32_t ProcessTree::unrecordedChildren() const {
  const std::uint32_t count = m_memory->header().processCount.load(std::memory_order_relaxed);
  return count - std::min(count, m_memory->geometry().processCapacity);
}

bool ProcessTree::isOver() const {
  {
    const std::lock_guard lock(m_mutex);
    if (!m_over) return false;
  }
  return m_roster.isTaken();  // It gets no more.
}

// ---- the recording: the tree's thread from here on ----------------------------------------------------

void ProcessTree::run() {
  drainUntilOver();
  m_roster.noticeExecutions(true);
  // Processes that still run do so at full speed from now on.
  m_memory->stop();
  m_roster.waitNoMore();
  if (m_roster.anyoneRecorded()) {
    m_drain.finish();
    for (const auto& [index, member] : m_roster.members()) {
      if (!member->session) continue;
      member->session->end(v1::Goodbye::END_STOPPED);
      close(*member);
    }
  }
  {
    const std::lock_guard lock(m_mutex);
    m_over = true;
  }
  m_onNews();
}

void ProcessTree::drainUntilOver() {
  std::chrono::milliseconds interval = kBusyInterval;
  auto nextHousekeeping = std::chrono::steady_clock::now() + kHousekeepingInterval;
  for (;;) {
    const auto begun = std::chrono::steady_clock::now();
    m_memory->tick();  // Also without room for messages, when there is no poll: times stay exact.
    const bool someEnd = noteEnds();
    std::size_t processed = 0;
    findModules();
    // Without room for messages, events stay where they are: the targets wait, then drop and count.
    if (m_roster.everyoneHasRoom()) {
      processed = m_drain.poll();
      answerQuestions();
      recordMarks();
      keepSchedule();
      flushOldBatches();
      m_roster.noticeExecutions(false);
      if (someEnd || std::chrono::steady_clock::now() >= nextHousekeeping) {
        m_roster.noticeExecutions(true);
        m_drain.housekeep();
        m_seccomp.look(m_drain.threads());
        for (const auto& [index, member] : m_roster.members()) recordResident(*member);
        advanceNames(std::chrono::steady_clock::now() - begun >= kBusyInterval);
        nextHousekeeping = std::chrono::steady_clock::now() + kHousekeepingInterval;
      } else if (m_memory->isShortOfRoom()) {
        m_drain.makeRoom();
      }
      settle();
    }
    m_memory->backAhead();
    if (!m_roster.anyoneRecorded() && (m_roster.anyoneRuns() || !m_roster.unmetRemain())) {
      // A child may have come and gone between the last poll and the search for it.
      if (!m_roster.anyoneRuns()) m_drain.poll();
      if (!m_roster.anyoneRecorded()) return;
    }
    const bool isSampled = m_memory->sampleInterval() != 0;
    if (processed >= (isSampled ? kManySampled : 1))
      interval = kBusyInterval;
    else
      interval = std::min(interval + kBusyInterval, isSampled ? kSampledInterval : kIdleInterval);
    std::unique_lock lock(m_mutex);
    if (m_stopping) return;
    m_changed.wait_for(lock, interval, [this] { return m_news; });
    m_news = false;
    if (m_stopping) return;
  }
}

bool ProcessTree::noteEnds() {
  const ProcessRoster::Leavers leavers = m_roster.leavers();
  for (RecordedProcess* process : leavers.unknown) m_drain.processEnded(*process);
  return leavers.any;
}

void ProcessTree::findModules() {
  for (const auto& [index, member] : m_roster.members())
    if (member->recorded.translator != nullptr) member->recorded.translator->findModules();
}

void ProcessTree::answerQuestions() {
  for (const auto& [index, member] : m_roster.members())
    if (member->session) member->session->answerQuestion();
}

void ProcessTree::recordMarks() {
  for (const auto& [index, member] : m_roster.members()) {
    if (!member->session || !member->session->isAsked()) continue;
    RecordedProcess& recorded = member->recorded;
    member->session->markMoments(recorded.sessionNs(m_clock.now()),
                                 [this, &recorded] { m_drain.keyframeForSnapshot(recorded); });
  }
}

void ProcessTree::recordResident(const Member& member) {
  std::vector<ResidentSample> samples = m_resident.take(member.recorded.index);
  if (member.recorded.translator == nullptr) return;
  for (ResidentSample& sample : samples)
    sample.atNs = member.recorded.sessionNs(m_clock.ofMonotonic(sample.atNs));
  member.recorded.translator->resident(samples);
}

void ProcessTree::keepSchedule() {
  if (!m_schedule.resumeAt && !m_schedule.stopAt) return;
  const auto now = Schedule::Clock::now();
  if (m_schedule.resumeAt && now >= *m_schedule.resumeAt) {
    m_memory->resume();
    m_schedule.resumeAt.reset();
  }
  if (m_schedule.hasEnded(now)) {
    m_memory->stop();
    m_roster.endAll(v1::Goodbye::END_STOPPED);
  }
}

void ProcessTree::flushOldBatches() {
  for (const auto& [index, member] : m_roster.members())
    if (member->recorded.translator != nullptr)
      member->recorded.translator->flushIfOlder(member->recorded.sessionNs(m_clock.now()), kMaxBatchAgeNs);
}

void ProcessTree::advanceNames(bool busy) {
  const auto now = FrameNames::Clock::now();
  for (const auto& [index, member] : m_roster.members())
    if (member->session) member->session->advanceNames(now, busy);
  m_binaries->forgetUnused(now);
}

void ProcessTree::settle() {
  std::vector<std::uint32_t> gone;
  for (const auto& [index, member] : m_roster.members()) {
    const bool drained = m_drain.isDrained(member->recorded);
    if (member->recorded.ended) ++member->roundsSinceEnd;
    if (member->session) {
      const auto how = member->session->howItEnds();
      if (member->session->isOver()) {  // The collector does not want the session.
        m_resident.forget(index);
        m_roster.retire(*member);
      } else if (how == v1::Goodbye::END_STOPPED ||
                 (member->recorded.ended && (drained || member->roundsSinceEnd > kMaxRoundsSinceEnd))) {
        close(*member);
      }
    }
    if (member->recorded.ended && drained) gone.push_back(index);
  }
  m_roster.forget(gone);
}

void ProcessTree::close(Member& member) {
  recordResident(member);
  m_drain.conclude(member.recorded);
  member.session->close(member.recorded.sessionNs(m_clock.now()));
  m_resident.forget(member.recorded.index);
  m_roster.retire(member);
}

}  // namespace heaptap::relay
