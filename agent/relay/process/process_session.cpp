// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/process_session.h"

#include <sys/wait.h>

#include <chrono>

namespace heaptap::relay {
namespace {

v1::Hello withSampling(v1::Hello hello, const SharedMemory& memory) {
  hello.set_sample_interval(memory.sampleInterval());
  return hello;
}

/// How long the word on an exit status may take to come once the process is gone.
constexpr std::chrono::seconds kStatusPatience{2};

/// And the word on what was executed: longer than Executions takes for it.
constexpr std::chrono::seconds kVerdictPatience{5};

/// Different programs that are counted each for itself.
constexpr std::size_t kMaxUnrecorded = 64;

/// Marks that wait to be made. Beyond, there is no answer.
constexpr std::size_t kMaxAsked = 1000;

}  // namespace

ProcessSession::ProcessSession(const SharedMemory& memory, Setup setup)
    : m_process(std::move(setup.process)),
      m_id(setup.hello.session_id()),
      m_statusWillCome(setup.statusWillCome),
      m_uplink(std::move(setup.uplink), withSampling(setup.hello, memory),
               noting(std::move(setup.callbacks))),
      m_translator(memory, *m_process, m_packer, std::move(setup.blocks), setup.index),
      m_names(setup.binaries, *m_process, m_translator.stacks(), m_translator.modules()),
      m_doubts(setup.binaries, m_translator),
      m_answers(memory, m_process, std::move(setup.binaries), m_translator) {
  if (setup.hello.without_events()) m_translator.leaveOutEvents();
}

ProcessSession::~ProcessSession() {
  if (m_closing.joinable()) m_closing.join();
}

void ProcessSession::end(v1::Goodbye::End how) {
  const std::lock_guard lock(m_mutex);
  if (!m_end) m_end = how;
}

std::optional<v1::Goodbye::End> ProcessSession::howItEnds() const {
  const std::lock_guard lock(m_mutex);
  return m_end;
}

void ProcessSession::exitStatus(int waitStatus) {
  const std::lock_guard lock(m_mutex);
  m_waitStatus = waitStatus;
  m_changed.notify_all();
}

void ProcessSession::expectVerdict() {
  const std::lock_guard lock(m_mutex);
  ++m_verdictsAwaited;
}

void ProcessSession::judged(const std::optional<v1::UnrecordedProgram>& unrecorded) {
  const std::lock_guard lock(m_mutex);
  if (m_verdictsAwaited > 0) --m_verdictsAwaited;
  m_changed.notify_all();
  if (!unrecorded) return;
  for (v1::UnrecordedProgram& known : m_unrecorded)
    if (known.program() == unrecorded->program() && known.why() == unrecorded->why() &&
        known.in_place() == unrecorded->in_place())
      return known.set_times(known.times() + 1);
  if (m_unrecorded.size() >= kMaxUnrecorded) return;
  m_unrecorded.push_back(*unrecorded);
  m_unrecorded.back().set_times(1);
}

Uplink::Callbacks ProcessSession::noting(Uplink::Callbacks callbacks) {
  auto tell = std::move(callbacks.onCommand);
  callbacks.onCommand = [this, tell = std::move(tell)](const v1::ControlCommand& command) {
    note(command);
    if (tell) tell(command);
  };
  return callbacks;
}

void ProcessSession::note(const v1::ControlCommand& command) {
  if (command.kind() != v1::ControlCommand::KIND_MARK && command.kind() != v1::ControlCommand::KIND_SNAPSHOT)
    return;
  const std::lock_guard lock(m_mutex);
  // The collector, which waits for an answer, sees the stream end.
  if (!m_leaving && m_asked.size() < kMaxAsked) m_asked.push_back(command);
}

bool ProcessSession::isAsked() const {
  const std::lock_guard lock(m_mutex);
  return !m_asked.empty();
}

void ProcessSession::markMoments(std::uint64_t nowNs, const std::function<void()>& beforeSnapshot) {
  std::vector<v1::ControlCommand> asked;
  {
    const std::lock_guard lock(m_mutex);
    asked.swap(m_asked);
  }
  for (const v1::ControlCommand& command : asked) {
    const bool isSnapshot = command.kind() == v1::ControlCommand::KIND_SNAPSHOT;
    if (isSnapshot) beforeSnapshot();
    m_translator.mark(nowNs, command.name().substr(0, wire::kMaxMarkBytes), isSnapshot);
    if (command.id() != 0) m_translator.obeyed(command.id());
  }
}

bool ProcessSession::mayLeave() {
  const std::lock_guard lock(m_mutex);
  m_leaving = m_asked.empty();
  return m_leaving;
}

void ProcessSession::close(std::uint64_t nowNs) {
  m_translator.flush();
  m_closing = std::thread([this, nowNs] {
    sendGoodbye(nowNs);
    markMoments(nowNs);
    m_doubts.finish();
    m_translator.flushFindings();
    m_names.finish(m_packer);
    while (!mayLeave()) markMoments(nowNs);
    m_packer.settle();  // Its work is part of the cost.
    m_translator.sendFinalCost();
    m_packer.settle();
    m_uplink.finish();
  });
}

void ProcessSession::sendGoodbye(std::uint64_t endedNs) {
  v1::RecordRequest request;
  v1::Goodbye& goodbye = *request.mutable_goodbye();
  {
    std::unique_lock lock(m_mutex);
    goodbye.set_end(*m_end);
    if (*m_end == v1::Goodbye::END_GONE && m_statusWillCome)
      m_changed.wait_for(lock, kStatusPatience, [this] { return m_waitStatus.has_value(); });
    m_changed.wait_for(lock, kVerdictPatience, [this] { return m_verdictsAwaited == 0; });
    for (const v1::UnrecordedProgram& each : m_unrecorded) *goodbye.add_unrecorded() = each;
    if (*m_end == v1::Goodbye::END_GONE && m_waitStatus) {
      const int status = *m_waitStatus;
      goodbye.set_end(WIFSIGNALED(status) ? v1::Goodbye::END_SIGNALED : v1::Goodbye::END_EXITED);
      goodbye.set_status(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
  }
  goodbye.set_ended_ns(endedNs);
  m_packer.send(request);
}

}  // namespace heaptap::relay
