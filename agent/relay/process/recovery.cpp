// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/recovery.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "agent/relay/base/session_id.h"
#include "agent/relay/process/executions.h"

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 2ms;

}  // namespace

Recovery::Recovery(RecordedBuffer buffer, Uplink::Options uplink, symbols::SearchPlaces places,
                   bool withoutEvents, const Matching& matching, Say say)
    : m_buffer(std::move(buffer)),
      m_uplink(std::move(uplink)),
      m_say(std::move(say)),
      m_hellos(withoutEvents),
      m_binaries(std::make_shared<BinaryNames>(std::move(places))),
      m_clock(SessionClock::ofThePast()),
      m_blocks(matching.shards),
      m_drain(*m_buffer.memory, m_clock, *this, matching) {
  meet({}, std::make_shared<const TargetProcess>(std::move(m_buffer.process)));
}

bool Recovery::run() {
  drain();
  for (const auto& [index, member] : m_members)
    if (!noteExecution(*member)) member->session->end(v1::Goodbye::END_GONE);
  noteChildren();
  for (const auto& [index, member] : m_members) {
    member->session->close(member->recorded.sessionNs(m_clock.now()));
  }
  return waitForOutcomes();
}

/// Has the process become another program? Whether that one was recorded, its own buffer would tell.
bool Recovery::noteExecution(const Member& member) {
  const auto note =
      takeExecutionNote(*m_buffer.memory, {static_cast<std::uint32_t>(member.process->pid()), 0});
  if (!note) return false;
  member.session->end(v1::Goodbye::END_EXEC);
  tellOf(*note, member, true);
  return true;
}

/// What is left was executed in children that have no session.
void Recovery::noteChildren() {
  for (const ExecutingProcess& executing : executingProcesses(*m_buffer.memory))
    if (const auto note = takeExecutionNote(*m_buffer.memory, executing))
      if (const auto member = m_members.find(note->process); member != m_members.end())
        tellOf(*note, *member->second, false);
}

void Recovery::tellOf(const ExecutionNote& note, const Member& member, bool inPlace) {
  if (note.hasPreload) return;
  v1::UnrecordedProgram program;
  program.set_program(note.path);
  program.set_why(kNotInEnvironment);
  program.set_in_place(inPlace);
  program.set_times(1);
  member.session->expectVerdict();
  member.session->judged(program);
}

void Recovery::drain() {
  do waitForRoom();
  while (m_drain.poll() != 0);
  m_drain.finish();
}

void Recovery::waitForRoom() const {
  const auto blocked = [](const auto& entry) {
    return !entry.second->session->isOver() && !entry.second->session->hasRoom();
  };
  while (std::any_of(m_members.begin(), m_members.end(), blocked)) std::this_thread::sleep_for(kPause);
}

bool Recovery::waitForOutcomes() {
  bool stored = true;
  for (const auto& [index, member] : m_members) {
    while (!member->session->outcome()) std::this_thread::sleep_for(kPause);
    const auto outcome = *member->session->outcome();
    const std::string id = hex(member->session->id());
    m_say(outcome ? "done " + id : "lost " + id + " " + outcome.error().line());
    stored = stored && outcome;
  }
  return stored;
}

RecordedProcess* Recovery::find(std::uint32_t index) {
  if (const auto known = m_members.find(index); known != m_members.end()) return &known->second->recorded;
  const wire::ProcessSlot* const slot = m_buffer.memory->process(index);
  if (slot == nullptr || slot->claimed.load(std::memory_order_acquire) != 1) return nullptr;
  RecordedProcess recorded;
  recorded.index = index;
  recorded.parent = slot->parent;
  recorded.fork = slot->fork;
  recorded.startNs = slot->claimedAt;
  // A parent that was never met cannot be: its slot is damaged.
  const auto parent = m_members.find(recorded.parent);
  const auto& image =
      parent != m_members.end() ? parent->second->process : m_members.begin()->second->process;
  return &meet(recorded, std::make_shared<const TargetProcess>(
                             TargetProcess::remains(*image, static_cast<pid_t>(slot->pid & 0x7FFF'FFFF))));
}

std::vector<RecordedProcess*> Recovery::all() const {
  std::vector<RecordedProcess*> processes;
  for (const auto& [index, member] : m_members) processes.push_back(&member->recorded);
  return processes;
}

RecordedProcess& Recovery::meet(RecordedProcess recorded, std::shared_ptr<const TargetProcess> process) {
  auto member = std::make_unique<Member>();
  member->process = std::move(process);
  const auto parent = m_members.find(recorded.parent);
  v1::Hello hello = m_hellos.write(*member->process,
                                   parent != m_members.end() ? parent->second->session->id() : std::string());
  hello.set_host(m_buffer.host);
  hello.set_started_at_unix_ns(m_buffer.startedAtUnixNs + static_cast<std::int64_t>(recorded.startNs));
  member->session =
      std::make_unique<ProcessSession>(*m_buffer.memory, ProcessSession::Setup{.process = member->process,
                                                                               .uplink = m_uplink,
                                                                               .hello = hello,
                                                                               .binaries = m_binaries,
                                                                               .blocks = m_blocks,
                                                                               .callbacks = {}});
  m_say("session " + hex(hello.session_id()) + " " + std::to_string(member->process->pid()));
  recorded.process = member->process.get();
  recorded.translator = &member->session->translator();
  recorded.ended = true;
  member->recorded = recorded;
  return m_members.emplace(recorded.index, std::move(member)).first->second->recorded;
}

}  // namespace heaptap::relay
