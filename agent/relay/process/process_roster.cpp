// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/process_roster.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

namespace heaptap::relay {
namespace {

/// Hellos of processes that may yet be met as what they were before.
constexpr std::size_t kRememberedReplacements = 4096;
/// Generations that may come and go between two looks at the memory, at most.
constexpr std::size_t kMaxUnmetAncestors = 64;
constexpr std::chrono::seconds kSearchInterval{5};
/// So many are asked at each look whether another program has taken over.
constexpr std::size_t kMembersAtEachLook = 32;
/// A process's start is known in clock ticks.
constexpr std::uint64_t kStartResolutionNs = 20'000'000;

std::uint64_t bootTimeNs() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

/// Its folder in /proc, its executable and root, its handle, what watches it, and some to read with.
bool hasDescriptorsForOneMore(int any) {
  std::array<UniqueFd, 10> needed;
  return std::all_of(needed.begin(), needed.end(), [any](UniqueFd& fd) {
    fd = UniqueFd(fcntl(any, F_DUPFD_CLOEXEC, 3));
    return static_cast<bool>(fd);
  });
}

/// Is there a process with this id? Without a descriptor; in another PID namespace, it is not known.
bool isThere(std::uint32_t pid) { return kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM; }

ExecutingProcess executing(const TargetProcess& process) {
  return {process.ownPid(), process.pidNamespace()};
}

}  // namespace

ProcessRoster::ProcessRoster(SharedMemory& memory, SessionClock& clock, Setup setup)
    : m_memory(memory),
      m_clock(clock),
      m_setup(std::move(setup)),
      m_blocks(m_setup.shards),
      m_bornNs(bootTimeNs()) {}

// ---- what others tell and ask -------------------------------------------------------------------------

void ProcessRoster::processEnded(std::uint32_t index) {
  const std::lock_guard lock(m_mutex);
  const auto member = m_members.find(index);
  if (member == m_members.end()) return;
  // It may have ended as another program, which came and went since the last look.
  if (!member->second->left)
    if (auto note = takeExecutionNote(m_memory, executing(*member->second->process)))
      return leaveByExec(*member->second, note);
  member->second->left = true;
  if (member->second->session) member->second->session->end(v1::Goodbye::END_GONE);
}

void ProcessRoster::replaced(pid_t pid, std::uint32_t ownPid, std::uint32_t pidNamespace) {
  const std::lock_guard lock(m_mutex);
  while (takeExecutionNote(m_memory, {ownPid, pidNamespace})) {
  }
  std::erase_if(m_executed, [&](const Executed& each) {
    if (each.pid != pid) return false;
    tell(each.sessionId, {});
    return true;
  });
  for (const auto& [index, member] : m_members)
    if (member->process->pid() == pid) leaveToRecorded(*member);
  // A child whose first events were not yet read may be met later.
  m_replacedBeforeMet.push_back(pid);
  if (m_replacedBeforeMet.size() > kRememberedReplacements) m_replacedBeforeMet.pop_front();
}

void ProcessRoster::leaveToRecorded(Member& member) {
  member.left = true;
  if (member.session) member.session->end(v1::Goodbye::END_EXEC);
}

void ProcessRoster::judged(const std::string& sessionId,
                           const std::optional<v1::UnrecordedProgram>& unrecorded) {
  const std::lock_guard lock(m_mutex);
  tell(sessionId, unrecorded);
}

void ProcessRoster::tell(const std::string& sessionId,
                         const std::optional<v1::UnrecordedProgram>& unrecorded) {
  for (const auto& [index, member] : m_members)
    if (member->session && member->session->id() == sessionId) member->session->judged(unrecorded);
  for (const auto& session : m_closing)
    if (session->id() == sessionId) session->judged(unrecorded);
}

void ProcessRoster::expectVerdict(const std::string& sessionId) {
  const std::lock_guard lock(m_mutex);
  for (const auto& [index, member] : m_members)
    if (member->session && member->session->id() == sessionId) member->session->expectVerdict();
  for (const auto& session : m_closing)
    if (session->id() == sessionId) session->expectVerdict();
}

std::vector<ProcessRoster::Executed> ProcessRoster::takeExecuted() {
  const std::lock_guard lock(m_mutex);
  return std::exchange(m_executed, {});
}

void ProcessRoster::leaveByExec(Member& member, const std::optional<ExecutionNote>& note) {
  member.left = true;
  if (member.session) {
    member.session->end(v1::Goodbye::END_EXEC);
    member.session->expectVerdict();
  }
  m_executed.push_back({.sessionId = m_sessionIds.at(member.recorded.index),
                        .pid = member.process->pid(),
                        .ownPid = member.process->ownPid(),
                        .inPlace = true,
                        .path = note ? note->path : std::string(),
                        .folder = member.process->workingDirectory(),
                        .hasPreload = !note || note->hasPreload});
  m_setup.onNews();
}

void ProcessRoster::exitStatus(pid_t pid, int waitStatus) {
  const std::lock_guard lock(m_mutex);
  for (const auto& [index, member] : m_members)
    if (member->session && member->session->pid() == pid) member->session->exitStatus(waitStatus);
  for (const auto& session : m_closing)
    if (session->pid() == pid) session->exitStatus(waitStatus);
}

void ProcessRoster::end(std::uint32_t index, v1::Goodbye::End how) {
  const std::lock_guard lock(m_mutex);
  const auto member = m_members.find(index);
  if (member != m_members.end() && member->second->session) member->second->session->end(how);
}

void ProcessRoster::endAll(v1::Goodbye::End how) {
  const std::lock_guard lock(m_mutex);
  for (const auto& [index, member] : m_members)
    if (member->session) member->session->end(how);
}

bool ProcessRoster::awaitMeeting(std::uint32_t index, std::chrono::milliseconds patience) {
  std::unique_lock lock(m_mutex);
  return m_changed.wait_for(lock, patience, [&] { return m_sessionIds.contains(index); });
}

std::vector<ProcessRoster::Met> ProcessRoster::takeMet() {
  const std::lock_guard lock(m_mutex);
  return std::exchange(m_met, {});
}

std::vector<ProcessRoster::Closed> ProcessRoster::takeClosed() {
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

bool ProcessRoster::isTaken() const {
  const std::lock_guard lock(m_mutex);
  return m_met.empty() && m_closing.empty() && m_executed.empty();
}

// ---- who is there -------------------------------------------------------------------------------------

RecordedProcess* ProcessRoster::find(std::uint32_t index) {
  if (const auto known = m_members.find(index); known != m_members.end()) return &known->second->recorded;
  if (!m_memory.followsChildren()) return nullptr;
  // Its ancestors first, whose threads may come later in the order of slots: it is linked to its parent. A
  // parent has the smaller index; whatever says otherwise is hostile and must not make a circle.
  std::vector<std::pair<std::uint32_t, const wire::ProcessSlot*>> unmet;
  for (std::uint32_t next = index; !m_sessionIds.contains(next) && unmet.size() < kMaxUnmetAncestors;) {
    const wire::ProcessSlot* const slot = m_memory.process(next);
    if (slot == nullptr || slot->claimed.load(std::memory_order_acquire) != 1) break;
    unmet.emplace_back(next, slot);
    const std::uint32_t parent = __atomic_load_n(&slot->parent, __ATOMIC_RELAXED);
    if (parent >= next) break;
    next = parent;
  }
  m_mustWait = false;
  if (unmet.empty() || unmet.front().first != index) return nullptr;
  m_mustWait = m_mayWait && isThere(__atomic_load_n(&unmet.front().second->pid, __ATOMIC_RELAXED)) &&
               !hasDescriptorsForOneMore(m_memory.descriptor());
  if (m_mustWait) return nullptr;
  RecordedProcess* met = nullptr;
  for (auto each = unmet.rbegin(); each != unmet.rend(); ++each) met = meet(each->first, *each->second);
  return met;
}

std::vector<RecordedProcess*> ProcessRoster::all() const {
  std::vector<RecordedProcess*> processes;
  for (const auto& [index, member] : m_members) processes.push_back(&member->recorded);
  return processes;
}

RecordedProcess* ProcessRoster::meet(std::uint32_t index, const wire::ProcessSlot& slot) {
  RecordedProcess recorded;
  recorded.index = index;
  recorded.parent = __atomic_load_n(&slot.parent, __ATOMIC_RELAXED);
  recorded.fork = __atomic_load_n(&slot.fork, __ATOMIC_RELAXED);
  if (recorded.fork != wire::kNoFork) ++m_forksMet;
  const std::uint64_t ageNs = m_clock.ageNs(__atomic_load_n(&slot.claimedAt, __ATOMIC_RELAXED));
  const std::uint64_t clockNs = m_clock.now();
  recorded.startNs = clockNs - std::min(clockNs, ageNs);

  const auto parent = m_members.find(recorded.parent);
  const auto& parentProcess = parent != m_members.end() ? parent->second->process : m_firstProcess;
  const std::uint64_t now = bootTimeNs();
  auto forked = ForkedProcess::find({.pid = __atomic_load_n(&slot.pid, __ATOMIC_RELAXED),
                                     .earliestStartNs = m_bornNs - kStartResolutionNs,
                                     .latestStartNs = now - std::min(now, ageNs),
                                     .memory = m_memory.descriptor()},
                                    *parentProcess);
  const auto process = std::make_shared<const TargetProcess>(std::move(forked.process));

  const auto parentId = m_sessionIds.find(recorded.parent);
  v1::Hello hello = m_setup.hellos->write(
      *process, parentId != m_sessionIds.end() ? parentId->second : m_sessionIds.at(wire::kFirstProcess));
  // By the clock of the events alone: two readings of two clocks are as far apart as the scheduler likes, and
  // an instant of all processes would be another one for each.
  hello.set_started_at_unix_ns(m_firstStartedAtUnixNs + static_cast<std::int64_t>(recorded.startNs) -
                               static_cast<std::int64_t>(m_firstStartNs));
  Member& member = add(recorded, process, hello, false, std::move(forked.handle));
  if (forked.state == ForkedProcess::State::Running) return &member.recorded;
  {
    const std::lock_guard lock(m_mutex);
    if (std::find(m_replacedBeforeMet.begin(), m_replacedBeforeMet.end(), process->pid()) !=
        m_replacedBeforeMet.end())
      leaveToRecorded(member);
    else if (forked.state == ForkedProcess::State::Replaced)
      leaveByExec(member, takeExecutionNote(m_memory, executing(*process)));
  }
  if (forked.state == ForkedProcess::State::Gone) processEnded(index);
  return &member.recorded;
}

ProcessRoster::Member& ProcessRoster::add(RecordedProcess recorded,
                                          std::shared_ptr<const TargetProcess> process,
                                          const v1::Hello& hello, bool statusWillCome, UniqueFd handle) {
  const std::uint32_t index = recorded.index;
  auto member = std::make_unique<Member>();
  member->process = std::move(process);
  if (index == wire::kFirstProcess) {
    m_firstProcess = member->process;
    m_firstStartedAtUnixNs = hello.started_at_unix_ns();
    m_firstStartNs = recorded.startNs;
  }
  member->session = std::make_unique<ProcessSession>(
      m_memory, ProcessSession::Setup{.process = member->process,
                                      .index = index,
                                      .uplink = m_setup.uplink,
                                      .hello = hello,
                                      .statusWillCome = statusWillCome,
                                      .binaries = m_setup.binaries,
                                      .blocks = m_blocks,
                                      .callbacks = {[this, index](const v1::ControlCommand& command) {
                                                      m_setup.onCommand(index, command);
                                                    },
                                                    m_setup.onNews}});
  member->recorded = recorded;
  member->recorded.process = member->process.get();
  member->recorded.translator = &member->session->translator();
  Member& added = *member;
  {
    const std::lock_guard lock(m_mutex);
    m_sessionIds[index] = hello.session_id();
    m_met.push_back({index, added.process->pid(), hello.session_id(), std::move(handle)});
    m_members.emplace(index, std::move(member));
    m_changed.notify_all();
  }
  m_setup.onNews();
  m_setup.onMember(index, added.process);
  return added;
}

void ProcessRoster::noticeExecutions(bool thoroughly) {
  const std::lock_guard lock(m_mutex);
  if (thoroughly || m_members.size() <= kMembersAtEachLook)
    for (const auto& [index, member] : m_members)
      if (!member->left && member->process->isReplaced() == true)
        leaveByExec(*member, takeExecutionNote(m_memory, executing(*member->process)));
  noteChildren();
}

/// Children of vfork, those that have forked without an event of their own, and those that libc makes.
void ProcessRoster::noteChildren() {
  for (const ExecutingProcess& executing : executingProcesses(m_memory)) {
    if (executing.ownPid == wire::kUnnamedChild) {
      if (const auto note = takeExecutionNote(m_memory, executing)) noteChild(*note, 0, 0);
      continue;
    }
    const auto isMember = [&executing](const auto& entry) {
      const TargetProcess& process = *entry.second->process;
      return !entry.second->left && process.ownPid() == executing.ownPid &&
             (executing.pidNamespace == 0 || process.pidNamespace() == executing.pidNamespace ||
              process.pidNamespace() == 0);
    };
    if (std::any_of(m_members.begin(), m_members.end(), isMember)) continue;
    const auto process = findByOwnId(executing.ownPid, executing.pidNamespace, m_firstProcess->pid());
    const bool isNamedHere = executing.pidNamespace != 0 && executing.pidNamespace == ownPidNamespace();
    // Not yet: what it maps is still its parent's.
    if (process && process->hasMemory() && process->maps(m_memory.descriptor()) == true) continue;
    if (const auto note = takeExecutionNote(m_memory, executing))
      noteChild(*note,
                process       ? process->pid()
                : isNamedHere ? static_cast<pid_t>(executing.ownPid)
                              : 0,
                executing.ownPid);
  }
}

void ProcessRoster::noteChild(const ExecutionNote& note, pid_t pid, std::uint32_t ownPid) {
  const auto parent = m_sessionIds.find(note.process);
  m_executed.push_back(
      {.sessionId = parent != m_sessionIds.end() ? parent->second : m_sessionIds.at(wire::kFirstProcess),
       .pid = pid,
       .ownPid = ownPid,
       .inPlace = false,
       .path = note.path,
       .folder = m_firstProcess->workingDirectory(),
       .hasPreload = note.hasPreload});
  for (const auto& [index, member] : m_members)
    if (member->session && member->session->id() == m_executed.back().sessionId)
      member->session->expectVerdict();
  m_setup.onNews();
}

ProcessRoster::Leavers ProcessRoster::leavers() const {
  Leavers leavers;
  const std::lock_guard lock(m_mutex);
  for (const auto& [index, member] : m_members) {
    leavers.any |= member->left;
    if (member->left && !member->recorded.ended) leavers.unknown.push_back(&member->recorded);
  }
  return leavers;
}

void ProcessRoster::retire(Member& member) {
  member.recorded.translator->letGoOfBlocks();
  member.recorded.translator = nullptr;
  {
    const std::lock_guard lock(m_mutex);
    m_closing.push_back(std::move(member.session));
  }
  m_setup.onNews();
}

void ProcessRoster::forget(const std::vector<std::uint32_t>& gone) {
  const std::lock_guard lock(m_mutex);
  for (const std::uint32_t index : gone) m_members.erase(index);
}

bool ProcessRoster::everyoneHasRoom() const {
  return std::all_of(m_members.begin(), m_members.end(), [](const auto& entry) {
    const auto& session = entry.second->session;
    return !session || session->isOver() || session->hasRoom();
  });
}

bool ProcessRoster::anyoneRecorded() const {
  return std::any_of(m_members.begin(), m_members.end(),
                     [](const auto& entry) { return entry.second->session != nullptr; });
}

bool ProcessRoster::anyoneRuns() const {
  return std::any_of(m_members.begin(), m_members.end(),
                     [](const auto& entry) { return !entry.second->recorded.ended; });
}

bool ProcessRoster::unmetRemain() {
  // A daemon's parent ends at once; the daemon itself may not have allocated yet.
  if (!m_memory.followsChildren() ||
      m_memory.header().forkCount.load(std::memory_order_relaxed) == m_forksMet)
    return false;
  const auto now = std::chrono::steady_clock::now();
  if (m_unmet.empty() || now >= m_nextSearch ||
      std::any_of(m_unmet.begin(), m_unmet.end(), [](const UniqueFd& each) { return hasEnded(each); })) {
    m_unmet = processesThatMap(m_memory.descriptor());
    m_nextSearch = now + kSearchInterval;
  }
  return !m_unmet.empty();
}

}  // namespace heaptap::relay
