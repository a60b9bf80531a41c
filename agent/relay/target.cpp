// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target.h"

#include <sys/wait.h>

#include <algorithm>

#include "agent/relay/symbol_sender.h"

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kBusyInterval = 1ms;
constexpr auto kIdleInterval = 5ms;
constexpr auto kHousekeepingInterval = 100ms;
constexpr std::uint64_t kMaxBatchAgeNs = 50'000'000;
/// How long the word on an exit status may take to come once the process is gone.
constexpr auto kStatusPatience = 2s;

}  // namespace

Target::Target(Setup setup)
    : m_memory(std::move(setup.memory)),
      m_process(std::move(setup.process)),
      m_sessionId(setup.hello.session_id()),
      m_statusWillCome(setup.statusWillCome),
      m_uplink(std::move(setup.uplink), setup.hello,
               {[this](v1::ControlCommand::Kind command) { obey(command); }, std::move(setup.onOver)}),
      m_clock(m_memory->clockMode(), m_memory->clockBase()),
      m_recorder(*m_memory, m_process, m_uplink),
      m_drain(*m_memory, m_process, m_clock, m_recorder),
      m_thread([this] { run(); }) {}

Target::~Target() {
  stop();
  m_thread.join();
}

void Target::end(v1::Goodbye::End how) {
  const std::lock_guard lock(m_mutex);
  if (!m_end) m_end = how;
  m_changed.notify_all();
}

void Target::stop() {
  m_memory->stop();
  end(v1::Goodbye::END_STOPPED);
}

void Target::exitStatus(int waitStatus) {
  const std::lock_guard lock(m_mutex);
  m_waitStatus = waitStatus;
  m_changed.notify_all();
}

bool Target::isEnding() const {
  const std::lock_guard lock(m_mutex);
  return m_end.has_value();
}

void Target::obey(v1::ControlCommand::Kind command) {
  switch (command) {
    case v1::ControlCommand::KIND_PAUSE: return m_memory->pause();
    case v1::ControlCommand::KIND_RESUME: return m_memory->resume();
    case v1::ControlCommand::KIND_STOP: return stop();
    default: return;  // From a later version.
  }
}

void Target::run() {
  drainUntilEnd();
  // The collector will not have the session: from now on the target runs at full speed.
  if (m_uplink.isOver()) return m_memory->stop();
  m_drain.finish();
  m_recorder.flush();
  sendGoodbye();
  sendSymbols(m_recorder.stacks().frames(), m_recorder.modules().modules(), m_uplink);
  m_uplink.finish();
}

void Target::drainUntilEnd() {
  std::chrono::milliseconds interval = kBusyInterval;
  auto nextHousekeeping = std::chrono::steady_clock::now() + kHousekeepingInterval;
  std::unique_lock lock(m_mutex);
  while (!m_end && !m_uplink.isOver()) {
    lock.unlock();
    std::size_t processed = 0;
    // Without room for messages, events stay where they are: the target waits, then drops and counts.
    if (m_uplink.hasRoom()) {
      processed = m_drain.poll();
      m_recorder.flushIfOlder(m_clock.now(), kMaxBatchAgeNs);
      if (std::chrono::steady_clock::now() >= nextHousekeeping) {
        m_drain.housekeep();
        nextHousekeeping = std::chrono::steady_clock::now() + kHousekeepingInterval;
      }
    }
    m_memory->backAhead();
    interval = processed != 0 ? kBusyInterval : std::min(interval + kBusyInterval, kIdleInterval);
    lock.lock();
    m_changed.wait_for(lock, interval, [this] { return m_end.has_value(); });
  }
}

void Target::sendGoodbye() {
  v1::RecordRequest request;
  v1::Goodbye& goodbye = *request.mutable_goodbye();
  {
    std::unique_lock lock(m_mutex);
    goodbye.set_end(*m_end);
    if (*m_end == v1::Goodbye::END_GONE && m_statusWillCome)
      m_changed.wait_for(lock, kStatusPatience, [this] { return m_waitStatus.has_value(); });
    if (*m_end == v1::Goodbye::END_GONE && m_waitStatus) {
      const int status = *m_waitStatus;
      goodbye.set_end(WIFSIGNALED(status) ? v1::Goodbye::END_SIGNALED : v1::Goodbye::END_EXITED);
      goodbye.set_status(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
  }
  goodbye.set_ended_ns(m_clock.now());
  m_uplink.send(request);
}

}  // namespace heaptap::relay
