// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process_tree.h"

#include <poll.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace heaptap::relay {
namespace {

/// Generations that may come and go between two looks at the memory, at most.
constexpr std::size_t kMaxUnmetAncestors = 64;

using namespace std::chrono_literals;

constexpr auto kBusyInterval = 1ms;
constexpr auto kIdleInterval = 5ms;
constexpr auto kHousekeepingInterval = 100ms;
constexpr auto kMeetingPatience = 50ms;
constexpr auto kSearchInterval = 5s;
constexpr std::uint64_t kMaxBatchAgeNs = 50'000'000;
/// Polls after the end of a process in which everything it wrote is surely taken: each takes far more than a
/// 64th of the pool. Beyond, another process writes into its streams.
constexpr int kMaxRoundsSinceEnd = 64;
/// A process's start is known in clock ticks.
constexpr std::uint64_t kStartResolutionNs = 20'000'000;

std::uint64_t bootTimeNs() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

}  // namespace

ProcessTree::ProcessTree(Setup setup)
    : m_memory(std::move(setup.memory)),
      m_uplinkOptions(std::move(setup.uplink)),
      m_hellos(std::move(setup.hellos)),
      m_binaries(std::move(setup.binaries)),
      m_schedule(setup.schedule),
      m_onNews(std::move(setup.onNews)),
      m_bornNs(bootTimeNs()),
      m_clock(m_memory->clockMode(), m_memory->clockBase()),
      m_firstProcess(std::make_shared<const TargetProcess>(std::move(setup.process))),
      m_drain(*m_memory, m_clock, *this),
      m_seccomp(*m_memory, m_firstProcess->seccompAtStart()) {
  add({}, m_firstProcess, setup.hello, setup.statusWillCome, std::move(setup.handle));
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
  {
    const std::lock_guard lock(m_mutex);
    const auto member = m_members.find(index);
    if (member == m_members.end()) return;
    member->second->left = true;
    if (member->second->session) member->second->session->end(v1::Goodbye::END_GONE);
  }
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
    std::unique_lock lock(m_mutex);
    m_news = true;
    m_changed.notify_all();
    m_changed.wait_for(lock, kMeetingPatience, [&] { return m_over || m_sessionIds.contains(index); });
  }
}

void ProcessTree::replaced(pid_t pid) {
  {
    const std::lock_guard lock(m_mutex);
    for (const auto& [index, member] : m_members) {
      if (member->process->pid() != pid) continue;
      member->left = true;
      if (member->session) member->session->end(v1::Goodbye::END_EXEC);
    }
  }
  wake();
}

void ProcessTree::exitStatus(pid_t pid, int waitStatus) {
  const std::lock_guard lock(m_mutex);
  for (const auto& [index, member] : m_members)
    if (member->session && member->session->pid() == pid) member->session->exitStatus(waitStatus);
  for (const auto& session : m_closing)
    if (session->pid() == pid) session->exitStatus(waitStatus);
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
    case v1::ControlCommand::KIND_MARK: {
      {
        const std::lock_guard lock(m_mutex);
        m_marks.emplace_back(index, command.name().substr(0, wire::kMaxMarkBytes));
      }
      return wake();
    }
    case v1::ControlCommand::KIND_STOP: {
      {
        const std::lock_guard lock(m_mutex);
        const auto member = m_members.find(index);
        if (member != m_members.end() && member->second->session)
          member->second->session->end(v1::Goodbye::END_STOPPED);
      }
      return wake();
    }
    default: return;  // From a later version.
  }
}

std::vector<ProcessTree::Met> ProcessTree::takeMet() {
  const std::lock_guard lock(m_mutex);
  return std::exchange(m_met, {});
}

std::vector<ProcessTree::Closed> ProcessTree::takeClosed() {
  std::vector<std::unique_ptr<ProcessSession>> done;
  {
    const std::lock_guard lock(m_mutex);
    for (auto& session : m_closing)
      if (session->outcome()) done.push_back(std::move(session));
    std::erase(m_closing, nullptr);
  }
  std::vector<Closed> closed;
  closed.reserve(done.size());
  for (const auto& session : done) closed.push_back({session->id(), *session->outcome()});
  return closed;  // Their threads end outside of the lock.
}

std::uint32_t ProcessTree::unrecordedChildren() const {
  const std::uint32_t count = m_memory->header().processCount.load(std::memory_order_relaxed);
  return count - std::min(count, m_memory->geometry().processCapacity);
}

bool ProcessTree::isOver() const {
  const std::lock_guard lock(m_mutex);
  return m_over && m_met.empty() && m_closing.empty();
}

// ---- who is there: the tree's thread from here on ----------------------------------------------------

RecordedProcess* ProcessTree::find(std::uint32_t index) {
  if (const auto known = m_members.find(index); known != m_members.end()) return &known->second->recorded;
  if (!m_memory->followsChildren()) return nullptr;
  // Its ancestors first, whose threads may come later in the order of slots: it is linked to its parent. A
  // parent has the smaller index; whatever says otherwise is hostile and must not make a circle.
  std::vector<std::pair<std::uint32_t, const wire::ProcessSlot*>> unmet;
  for (std::uint32_t next = index; !m_sessionIds.contains(next) && unmet.size() < kMaxUnmetAncestors;) {
    const wire::ProcessSlot* const slot = m_memory->process(next);
    if (slot == nullptr || slot->claimed.load(std::memory_order_acquire) != 1) break;
    unmet.emplace_back(next, slot);
    const std::uint32_t parent = __atomic_load_n(&slot->parent, __ATOMIC_RELAXED);
    if (parent >= next) break;
    next = parent;
  }
  if (unmet.empty() || unmet.front().first != index) return nullptr;
  RecordedProcess* met = nullptr;
  for (auto each = unmet.rbegin(); each != unmet.rend(); ++each) met = meet(each->first, *each->second);
  return met;
}

std::vector<RecordedProcess*> ProcessTree::all() const {
  std::vector<RecordedProcess*> processes;
  for (const auto& [index, member] : m_members) processes.push_back(&member->recorded);
  return processes;
}

RecordedProcess* ProcessTree::meet(std::uint32_t index, const wire::ProcessSlot& slot) {
  RecordedProcess recorded;
  recorded.index = index;
  recorded.parent = __atomic_load_n(&slot.parent, __ATOMIC_RELAXED);
  recorded.fork = __atomic_load_n(&slot.fork, __ATOMIC_RELAXED);
  if (recorded.fork != wire::kNoFork) ++m_forksMet;
  const std::uint64_t ageNs = m_clock.ageNs(__atomic_load_n(&slot.claimedAt, __ATOMIC_RELAXED));
  recorded.startNs = m_clock.now() - std::min(m_clock.now(), ageNs);

  const auto parent = m_members.find(recorded.parent);
  const auto& parentProcess = parent != m_members.end() ? parent->second->process : m_firstProcess;
  const std::uint64_t now = bootTimeNs();
  auto forked = ForkedProcess::find({.pid = __atomic_load_n(&slot.pid, __ATOMIC_RELAXED),
                                     .earliestStartNs = m_bornNs - kStartResolutionNs,
                                     .latestStartNs = now - std::min(now, ageNs),
                                     .memory = m_memory->descriptor()},
                                    *parentProcess);
  const auto process = std::make_shared<const TargetProcess>(std::move(forked.process));

  const auto parentId = m_sessionIds.find(recorded.parent);
  v1::Hello hello = m_hellos->write(
      *process, parentId != m_sessionIds.end() ? parentId->second : m_sessionIds.at(wire::kFirstProcess));
  hello.set_started_at_unix_ns(hello.started_at_unix_ns() - static_cast<std::int64_t>(ageNs));
  Member& member = add(recorded, process, hello, false, std::move(forked.handle));
  if (forked.state == ForkedProcess::State::Replaced) replaced(process->pid());
  if (forked.state == ForkedProcess::State::Gone) processEnded(index);
  return &member.recorded;
}

ProcessTree::Member& ProcessTree::add(RecordedProcess recorded, std::shared_ptr<const TargetProcess> process,
                                      const v1::Hello& hello, bool statusWillCome, UniqueFd handle) {
  const std::uint32_t index = recorded.index;
  auto member = std::make_unique<Member>();
  member->process = std::move(process);
  member->session = std::make_unique<ProcessSession>(
      *m_memory, ProcessSession::Setup{
                     .process = member->process,
                     .uplink = m_uplinkOptions,
                     .hello = hello,
                     .statusWillCome = statusWillCome,
                     .binaries = m_binaries,
                     .callbacks = {[this, index](const v1::ControlCommand& command) { obey(index, command); },
                                   m_onNews}});
  member->recorded = recorded;
  member->recorded.process = member->process.get();
  member->recorded.recorder = &member->session->recorder();
  Member& added = *member;
  {
    const std::lock_guard lock(m_mutex);
    m_sessionIds[index] = hello.session_id();
    m_met.push_back({index, added.process->pid(), hello.session_id(), std::move(handle)});
    m_members.emplace(index, std::move(member));
    m_changed.notify_all();
  }
  m_onNews();
  return added;
}

// ---- the recording -----------------------------------------------------------------------------------

void ProcessTree::run() {
  drainUntilOver();
  // Whoever still runs does so at full speed from now on.
  m_memory->stop();
  if (anyoneRecorded()) {
    m_drain.finish();
    for (const auto& [index, member] : m_members) {
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
    const bool someEnd = noteEnds();
    std::size_t processed = 0;
    // Without room for messages, events stay where they are: the targets wait, then drop and count.
    if (everyoneHasRoom()) {
      processed = m_drain.poll();
      recordMarks();
      keepSchedule();
      flushOldBatches();
      if (someEnd || std::chrono::steady_clock::now() >= nextHousekeeping) {
        m_drain.housekeep();
        m_seccomp.look(m_drain.threads());
        advanceNames(std::chrono::steady_clock::now() - begun >= kBusyInterval);
        nextHousekeeping = std::chrono::steady_clock::now() + kHousekeepingInterval;
      } else if (m_memory->isShortOfRoom()) {
        m_drain.makeRoom();
      }
      settle();
    }
    m_memory->backAhead();
    if (!anyoneRecorded() && (anyoneRuns() || !strangersRemain())) {
      // A child may have come and gone between the last poll and the search for it.
      if (!anyoneRuns()) m_drain.poll();
      if (!anyoneRecorded()) return;
    }
    interval = processed != 0 ? kBusyInterval : std::min(interval + kBusyInterval, kIdleInterval);
    std::unique_lock lock(m_mutex);
    if (m_stopping) return;
    m_changed.wait_for(lock, interval, [this] { return m_news; });
    m_news = false;
    if (m_stopping) return;
  }
}

bool ProcessTree::noteEnds() {
  std::vector<RecordedProcess*> ended;
  bool pending = false;
  {
    const std::lock_guard lock(m_mutex);
    for (const auto& [index, member] : m_members) {
      pending |= member->left;
      if (member->left && !member->recorded.ended) ended.push_back(&member->recorded);
    }
  }
  for (RecordedProcess* process : ended) m_drain.processEnded(*process);
  return pending;
}

bool ProcessTree::everyoneHasRoom() const {
  return std::all_of(m_members.begin(), m_members.end(), [](const auto& entry) {
    const auto& session = entry.second->session;
    return !session || session->isOver() || session->hasRoom();
  });
}

void ProcessTree::recordMarks() {
  std::vector<std::pair<std::uint32_t, std::string>> marks;
  {
    const std::lock_guard lock(m_mutex);
    marks.swap(m_marks);
  }
  for (const auto& [index, name] : marks)
    if (const auto member = m_members.find(index);
        member != m_members.end() && member->second->recorded.recorder != nullptr)
      member->second->recorded.recorder->mark(member->second->recorded.sessionNs(m_clock.now()), name);
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
    endAllSessions();
  }
}

void ProcessTree::endAllSessions() {
  const std::lock_guard lock(m_mutex);
  for (const auto& [index, member] : m_members)
    if (member->session) member->session->end(v1::Goodbye::END_STOPPED);
}

void ProcessTree::flushOldBatches() {
  for (const auto& [index, member] : m_members)
    if (member->recorded.recorder != nullptr)
      member->recorded.recorder->flushIfOlder(member->recorded.sessionNs(m_clock.now()), kMaxBatchAgeNs);
}

void ProcessTree::advanceNames(bool busy) {
  const auto now = FrameNames::Clock::now();
  for (const auto& [index, member] : m_members)
    if (member->session) member->session->advanceNames(now, busy);
  m_binaries->forgetUnused(now);
}

void ProcessTree::settle() {
  std::vector<std::uint32_t> gone;
  for (const auto& [index, member] : m_members) {
    const bool drained = m_drain.isDrained(member->recorded);
    if (member->recorded.ended) ++member->roundsSinceEnd;
    if (member->session) {
      const auto how = member->session->howItEnds();
      if (member->session->isOver())
        retire(*member);  // The collector does not want the session.
      else if (how == v1::Goodbye::END_STOPPED ||
               (member->recorded.ended && (drained || member->roundsSinceEnd > kMaxRoundsSinceEnd)))
        close(*member);
    }
    if (member->recorded.ended && drained) gone.push_back(index);
  }
  const std::lock_guard lock(m_mutex);
  for (const std::uint32_t index : gone) m_members.erase(index);
}

void ProcessTree::close(Member& member) {
  m_drain.conclude(member.recorded);
  member.session->close(member.recorded.sessionNs(m_clock.now()));
  retire(member);
}

void ProcessTree::retire(Member& member) {
  member.recorded.recorder = nullptr;
  {
    const std::lock_guard lock(m_mutex);
    m_closing.push_back(std::move(member.session));
  }
  m_onNews();
}

bool ProcessTree::anyoneRecorded() const {
  return std::any_of(m_members.begin(), m_members.end(),
                     [](const auto& entry) { return entry.second->session != nullptr; });
}

bool ProcessTree::anyoneRuns() const {
  return std::any_of(m_members.begin(), m_members.end(),
                     [](const auto& entry) { return !entry.second->recorded.ended; });
}

bool ProcessTree::strangersRemain() {
  // A daemon's parent ends at once; the daemon itself may not have allocated yet.
  if (!m_memory->followsChildren() ||
      m_memory->header().forkCount.load(std::memory_order_relaxed) == m_forksMet)
    return false;
  const auto hasEnded = [](const UniqueFd& handle) {
    pollfd process{handle.get(), POLLIN, 0};
    return ::poll(&process, 1, 0) > 0;
  };
  const auto now = std::chrono::steady_clock::now();
  if (m_strangers.empty() || now >= m_nextSearch ||
      std::any_of(m_strangers.begin(), m_strangers.end(), hasEnded)) {
    m_strangers = processesThatMap(m_memory->descriptor());
    m_nextSearch = now + kSearchInterval;
  }
  return !m_strangers.empty();
}

}  // namespace heaptap::relay
