// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/relay.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdio>

#include "agent/relay/session_id.h"

namespace heaptap::relay {
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
      m_wake(std::move(wake)) {}

bool Relay::run() {
  say("ready");
  while (!m_finishing || !m_trees.empty()) {
    waitForNews();
    serviceSignals();
    serviceTrees();
    // Before the channel and the ends: a target's hello comes before the word on its exit.
    serviceNewcomers();
    serviceChannel();
    serviceProcesses();
    reapTrees();
  }
  return !m_lost;
}

void Relay::waitForNews() {
  std::vector<pollfd> fds = {
      {m_server.pollDescriptor(), POLLIN, 0}, {m_signals.get(), POLLIN, 0}, {m_wake.get(), POLLIN, 0}};
  if (m_channel && !m_channel->closed()) fds.push_back({m_channel->pollDescriptor(), POLLIN, 0});
  for (const Watched& watched : m_watched) fds.push_back({watched.handle.get(), POLLIN, 0});
  poll(fds.data(), fds.size(), m_server.hasPending() ? 100 : -1);
  eventfd_t count = 0;
  eventfd_read(m_wake.get(), &count);
}

void Relay::serviceSignals() {
  signalfd_siginfo info{};
  while (read(m_signals.get(), &info, sizeof info) > 0) stopAll();
}

void Relay::stopAll() {
  m_stopping = m_finishing = true;
  for (const auto& tree : m_trees) tree->stop();
}

void Relay::serviceTrees() {
  for (const auto& tree : m_trees) meet(*tree);
}

void Relay::meet(ProcessTree& tree) {
  for (ProcessTree::Met& met : tree.takeMet()) {
    say("session " + hex(met.sessionId) + " " + std::to_string(met.pid));
    m_sessionOf[met.pid] = met.sessionId;
    if (met.handle) m_watched.push_back({&tree, met.index, std::move(met.handle)});
  }
}

void Relay::serviceNewcomers() {
  for (Newcomer& newcomer : m_server.service())
    if (const auto admitted = admit(std::move(newcomer)); !admitted) say("error " + admitted.error().line());
}

Result<void> Relay::admit(Newcomer newcomer) {
  // Another hello from one process: its earlier image, perhaps a forked one, is gone by exec.
  for (const auto& tree : m_trees) {
    tree->awaitMeeting(newcomer.ownPid);
    meet(*tree);
    tree->replaced(newcomer.pid);
  }
  const bool isDescendant = !m_sessionOf.empty();
  if (m_stopping || (isDescendant && !m_options.memory.children)) {
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
  m_spare->startClock();
  const v1::Hello hello = m_hellos.write(*process, parentOf(*process));
  const bool statusWillCome = m_channel && !m_channel->closed() && process->parentPid() == m_channel->peer();
  const int memory = m_spare->descriptor();
  const std::uint64_t bytes = m_spare->geometry().totalBytes;
  m_trees.push_back(std::make_unique<ProcessTree>(
      ProcessTree::Setup{.memory = std::move(m_spare),
                         .process = std::move(*process),
                         .handle = std::move(newcomer.process),
                         .hello = hello,
                         .statusWillCome = statusWillCome,
                         .uplink = m_options.uplink,
                         .hellos = &m_hellos,
                         .onNews = [this] { eventfd_write(m_wake.get(), 1); }}));
  meet(*m_trees.back());
  return HandshakeServer::welcome(newcomer, memory, bytes);
}

std::string Relay::parentOf(const TargetProcess& process) const {
  auto parent = m_sessionOf.find(process.pid());
  if (parent == m_sessionOf.end()) parent = m_sessionOf.find(process.parentPid());
  return parent != m_sessionOf.end() ? parent->second : std::string();
}

void Relay::serviceChannel() {
  if (!m_channel) return;
  for (const RunChannel::Message& message : m_channel->receive()) {
    if (message.kind == RunChannel::Message::Kind::Finish)
      m_finishing = true;
    else
      for (const auto& tree : m_trees) tree->exitStatus(message.pid, message.waitStatus);
  }
}

void Relay::serviceProcesses() {
  std::erase_if(m_watched, [](const Watched& watched) {
    pollfd process{watched.handle.get(), POLLIN, 0};
    if (poll(&process, 1, 0) <= 0) return false;
    watched.tree->processEnded(watched.index);
    return true;
  });
}

void Relay::reapTrees() {
  for (const auto& tree : m_trees) {
    meet(*tree);  // First: a session is announced before its end is.
    for (const ProcessTree::Closed& closed : tree->takeClosed()) {
      if (closed.outcome) {
        say("done " + hex(closed.sessionId));
      } else {
        m_lost = true;
        say("lost " + hex(closed.sessionId) + " " + closed.outcome.error().line());
      }
    }
  }
  std::erase_if(m_trees, [this](const auto& tree) {
    if (!tree->isOver()) return false;
    std::erase_if(m_watched, [&](const Watched& watched) { return watched.tree == tree.get(); });
    return true;
  });
}

void Relay::say(const std::string& text) const {
  if (m_channel && !m_channel->closed()) return m_channel->say(text);
  if (text.starts_with("lost ") || text.starts_with("error "))
    std::fprintf(stderr, "heaptap-relay: %s\n", text.c_str());
}

}  // namespace heaptap::relay
