// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/relay.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>

#include "agent/relay/session_id.h"
#include "agent/relay/utf8.h"
#include "agent/relay/version.h"

namespace heaptap::relay {
namespace {

std::int64_t unixTimeNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string hostName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

Result<std::unique_ptr<Relay>> Relay::create(const Options& options, HandshakeServer server,
                                             std::optional<RunChannel> channel) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTERM);
  sigaddset(&mask, SIGINT);
  // Threads that are started from now on inherit the mask, so that the signals reach only this descriptor.
  pthread_sigmask(SIG_BLOCK, &mask, nullptr);
  auto spare = SharedMemory::create(options.memory);
  if (!spare) return tl::unexpected(spare.error());
  UniqueFd signals(signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
  UniqueFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!signals || !wake) return systemFailure(Code::Internal, "relay", "cannot wait for signals and events");
  return std::unique_ptr<Relay>(new Relay(options, std::move(server), std::move(channel), std::move(*spare),
                                          std::move(signals), std::move(wake)));
}

Relay::Relay(const Options& options, HandshakeServer server, std::optional<RunChannel> channel,
             std::unique_ptr<SharedMemory> spare, UniqueFd signals, UniqueFd wake)
    : m_options(options),
      m_server(std::move(server)),
      m_channel(std::move(channel)),
      m_spare(std::move(spare)),
      m_signals(std::move(signals)),
      m_wake(std::move(wake)),
      m_treeId(randomId()) {}

bool Relay::run() {
  say("ready");
  while (!m_finishing || !m_targets.empty()) {
    waitForNews();
    serviceSignals();
    // Before the channel: a target's hello comes before the word on its exit.
    serviceNewcomers();
    serviceChannel();
    serviceProcesses();
    reapTargets();
  }
  return !m_lost;
}

void Relay::waitForNews() {
  std::vector<pollfd> fds = {
      {m_server.pollDescriptor(), POLLIN, 0}, {m_signals.get(), POLLIN, 0}, {m_wake.get(), POLLIN, 0}};
  if (m_channel && !m_channel->closed()) fds.push_back({m_channel->pollDescriptor(), POLLIN, 0});
  for (const Recorded& r : m_targets)
    if (r.process) fds.push_back({r.process.get(), POLLIN, 0});
  poll(fds.data(), fds.size(), m_server.hasPending() ? 100 : -1);
}

void Relay::serviceSignals() {
  signalfd_siginfo info{};
  while (read(m_signals.get(), &info, sizeof info) > 0) stopAll();
}

void Relay::stopAll() {
  m_stopping = m_finishing = true;
  for (Recorded& r : m_targets) r.target->stop();
}

void Relay::serviceNewcomers() {
  for (Newcomer& newcomer : m_server.service())
    if (const auto admitted = admit(std::move(newcomer)); !admitted) say("error " + admitted.error().line());
}

Result<void> Relay::admit(Newcomer newcomer) {
  if (m_stopping) {
    HandshakeServer::refuse(newcomer, Refusal::Stopped);
    return {};
  }
  auto process = TargetProcess::open(newcomer.pid, newcomer.ownPid);
  if (!process) return tl::unexpected(process.error());
  if (!m_spare) {
    auto memory = SharedMemory::create(m_options.memory);
    if (!memory) {
      HandshakeServer::refuse(newcomer, Refusal::NoRoom);
      return tl::unexpected(memory.error());
    }
    m_spare = std::move(*memory);
  }
  // A second hello from one process: its earlier image is gone by exec.
  for (Recorded& r : m_targets)
    if (r.target->pid() == newcomer.pid) {
      r.target->replaced();
      r.process = UniqueFd();
    }

  m_spare->startClock();
  v1::Hello hello = helloFor(*process);
  const bool statusWillCome = m_channel && !m_channel->closed() && process->parentPid() == m_channel->peer();
  const int memory = m_spare->descriptor();
  const std::uint64_t bytes = m_spare->geometry().totalBytes;
  auto target = std::make_unique<Target>(Target::Setup{.memory = std::move(m_spare),
                                                       .process = std::move(*process),
                                                       .uplink = m_options.uplink,
                                                       .hello = hello,
                                                       .statusWillCome = statusWillCome,
                                                       .onOver = [this] { eventfd_write(m_wake.get(), 1); }});
  m_sessionOf[newcomer.pid] = hello.session_id();
  m_targets.push_back({std::move(target), std::move(newcomer.process)});
  say("session " + hex(hello.session_id()) + " " + std::to_string(newcomer.pid));
  return HandshakeServer::welcome(newcomer, memory, bytes);
}

v1::Hello Relay::helloFor(const TargetProcess& process) {
  v1::Hello hello;
  hello.set_session_id(randomId());
  hello.set_agent_version(kVersion);
  for (const std::string& argument : process.command()) hello.add_command(validUtf8(argument));
  hello.set_executable(validUtf8(process.executable()));
  hello.set_working_directory(validUtf8(process.workingDirectory()));
  hello.set_pid(static_cast<std::uint32_t>(process.pid()));
  hello.set_parent_pid(static_cast<std::uint32_t>(process.parentPid()));
  hello.set_host(validUtf8(hostName()));
  hello.set_started_at_unix_ns(unixTimeNs());
  hello.set_time_unit_ns(BatchEncoder::kTimeUnitNs);
  hello.set_tree_id(m_treeId);
  hello.set_image(m_nextImage++);
  auto parent = m_sessionOf.find(process.pid());
  if (parent == m_sessionOf.end()) parent = m_sessionOf.find(process.parentPid());
  if (parent != m_sessionOf.end()) hello.set_parent_session_id(parent->second);
  return hello;
}

void Relay::serviceChannel() {
  if (!m_channel) return;
  for (const RunChannel::Message& message : m_channel->receive()) {
    if (message.kind == RunChannel::Message::Kind::Finish)
      m_finishing = true;
    else
      for (Recorded& r : m_targets)
        if (r.target->pid() == message.pid) r.target->exitStatus(message.waitStatus);
  }
}

void Relay::serviceProcesses() {
  for (Recorded& r : m_targets) {
    pollfd process{r.process.get(), POLLIN, 0};
    if (!r.process || poll(&process, 1, 0) <= 0) continue;
    r.target->processEnded();
    r.process = UniqueFd();
  }
}

void Relay::reapTargets() {
  eventfd_t count = 0;
  eventfd_read(m_wake.get(), &count);
  std::erase_if(m_targets, [this](const Recorded& r) {
    const auto outcome = r.target->outcome();
    if (!outcome) return false;
    const std::string id = hex(r.target->sessionId());
    if (*outcome) {
      say("done " + id);
    } else {
      m_lost = true;
      say("lost " + id + " " + outcome->error().line());
    }
    return true;
  });
}

void Relay::say(const std::string& text) const {
  if (m_channel && !m_channel->closed()) return m_channel->say(text);
  if (text.starts_with("lost ") || text.starts_with("error "))
    std::fprintf(stderr, "heaptap-relay: %s\n", text.c_str());
}

}  // namespace heaptap::relay
