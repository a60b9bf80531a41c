// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/relay.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "agent/relay/base/session_id.h"
#include "agent/relay/uplink/collector_channel.h"

namespace heaptap::relay {
namespace {

/// Also of a file that is no longer there (proc(5), /proc/PID/exe).
std::string fileNameOf(const std::string& path) {
  constexpr std::string_view kGone = " (deleted)";
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.ends_with(kGone) ? name.substr(0, name.size() - kGone.size()) : name;
}

}  // namespace

Result<std::unique_ptr<Relay>> Relay::create(const Options& options, HandshakeServer server,
                                             std::optional<RunChannel>& channel) {
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
      m_hellos(m_channel ? std::make_shared<HelloWriter>(options.withoutEvents) : nullptr) {}

bool Relay::run() {
  say("ready");
  leaveWhenIdle();
  while (!m_finishing || !m_trees.empty() || ((m_server.hasPending() || m_executions.any()) && !m_stopping)) {
    waitForNews();
    serviceSignals();
    serviceTrees();
    // Before the channel and the ends: a target's hello comes before the word on its exit.
    serviceHandshakes();
    serviceChannel();
    serviceProcesses();
    serviceExecutions();
    reapTrees();
    leaveWhenIdle();
    prepareSpare();
  }
  if (m_channel) m_channel->sayRest();
  return !m_lost;
}

void Relay::waitForNews() {
  std::vector<pollfd> fds = {
      {m_server.pollDescriptor(), POLLIN, 0}, {m_signals.get(), POLLIN, 0}, {m_wake.get(), POLLIN, 0}};
  if (m_channel && !m_channel->closed()) fds.push_back({m_channel->descriptor(), m_channel->pollEvents(), 0});
  for (const Watched& watched : m_watched) fds.push_back({watched.handle.get(), POLLIN, 0});
  poll(fds.data(), fds.size(), patience());
  eventfd_t count = 0;
  eventfd_read(m_wake.get(), &count);
}

int Relay::patience() const {
  if (m_executions.isOneDue()) return 0;
  if (m_server.hasPending() || m_executions.any()) return 100;
  if (!m_idleSince) return -1;
  const auto left = *m_idleSince + *m_options.linger - std::chrono::steady_clock::now();
  return static_cast<int>(
      std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
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
    if (!met.handle) continue;
    m_ancestors[met.pid] = {met.sessionId, tree.hellos()};
    m_watched.push_back({&tree, met.index, met.pid, std::move(met.handle)});
  }
}

void Relay::serviceHandshakes() {
  for (Peer& peer : m_server.service())
    if (const auto admitted = admit(std::move(peer)); !admitted) say("error " + admitted.error().line());
}

Result<void> Relay::admit(Peer peer) {
  if (peer.obstacle != wire::Obstacle::None) {
    noteRefusal(peer);
    // It waits until that is noted. One of another version has its answer.
    if (peer.obstacle != wire::Obstacle::OtherVersion) HandshakeServer::refuse(peer, Refusal::Stopped);
    return {};
  }
  auto process = TargetProcess::open(peer.pid, peer.ownPid);
  // Another hello from one process: its earlier image, perhaps a forked one, is gone by exec.
  for (const auto& tree : m_trees) {
    tree->awaitMeeting(peer.ownPid);
    meet(*tree);
    tree->replaced(peer.pid, peer.ownPid, process ? process->pidNamespace() : 0);
  }
  for (const std::string& session : m_executions.recorded(peer.pid))
    for (const auto& tree : m_trees) tree->judged(session, {});
  // Killed when it had just asked, before its first event: nothing is missing.
  if (!peer.process || hasEnded(peer.process)) return {};
  if (!process) return tl::unexpected(process.error());
  const Ancestor* const parent = parentOf(*process);
  if (m_channel && peer.user != geteuid() && parent == nullptr &&
      !descendsFrom(m_channel->peer(), *process)) {
    HandshakeServer::refuse(peer, Refusal::Stopped);
    return {};
  }
  if (!mayRecord(parent)) {
    HandshakeServer::refuse(peer, Refusal::Stopped);
    return {};
  }
  if (!isWanted(*process)) {
    passOver(std::move(peer), *process, parent);
    return {};
  }
  auto uplink = uplinkFor(peer);
  if (!uplink) {
    HandshakeServer::refuse(peer, Refusal::Collector);
    return tl::unexpected(std::move(uplink.error()));
  }
  if (!m_spare) {
    auto memory = SharedMemory::create(m_options.memory);
    if (!memory) {
      HandshakeServer::refuse(peer, Refusal::NoRoom);
      return tl::unexpected(memory.error());
    }
    m_spare = std::move(*memory);
  }
  if (!m_admitted) m_schedule = scheduleFrom(std::chrono::steady_clock::now());
  if (m_schedule.resumeAt && std::chrono::steady_clock::now() < *m_schedule.resumeAt) m_spare->pause();
  if (m_options.memory.sampleInterval == 0) m_spare->sample(peer.sampleInterval);
  m_spare->startClock();
  auto hellos = parent != nullptr ? parent->hellos : m_hellos;
  if (!hellos) hellos = std::make_shared<HelloWriter>(m_options.withoutEvents);
  const v1::Hello hello = hellos->write(*process, parent != nullptr ? parent->sessionId : std::string());
  const bool statusWillCome = m_channel && !m_channel->closed() && process->parentPid() == m_channel->peer();
  const int memory = m_spare->descriptor();
  const std::uint64_t bytes = m_spare->geometry().totalBytes;
  const UniqueFd handle(dup(peer.process.get()));
  m_trees.push_back(std::make_unique<ProcessTree>(
      ProcessTree::Setup{.memory = std::move(m_spare),
                         .process = std::move(*process),
                         .handle = std::move(peer.process),
                         .hello = hello,
                         .statusWillCome = statusWillCome,
                         .uplink = std::move(*uplink),
                         .hellos = std::move(hellos),
                         .binaries = m_binaries,
                         .schedule = m_schedule,
                         .matching = m_options.matching,
                         .onNews = [this] { eventfd_write(m_wake.get(), 1); }}));
  m_admitted = true;
  meet(*m_trees.back());
  auto welcomed = HandshakeServer::welcome(peer, memory, bytes);
  // Descriptors are closed before the end can be seen.
  constexpr std::chrono::milliseconds kPatience{200};
  if (welcomed || !hasEnded(handle, kPatience)) return welcomed;
  m_trees.back()->isKnownNotToAttach();
  return {};
}

/// The peer has turned down what it had asked for, or did not even ask.
void Relay::noteRefusal(const Peer& peer) {
  bool isKnown = false;
  for (const auto& tree : m_trees) {
    if (tree->firstPid() != peer.pid || tree->attached()) continue;
    tree->isKnownNotToAttach();
    isKnown = true;
  }
  const char* const why = peer.obstacle == wire::Obstacle::OtherVersion
                              ? "it has loaded a library of another version of heaptap"
                              : wire::textOf(peer.obstacle);
  const auto process = TargetProcess::open(peer.pid, peer.ownPid);
  if (!process) {
    // On a busy machine it had no more patience, and has ended since.
    if (m_channel && !isKnown) m_executions.refused(peer.pid, {}, why, std::nullopt);
    return;
  }
  const Ancestor* const parent = parentOf(*process);
  const bool isOfRun =
      m_channel && (parent != nullptr || peer.user == geteuid() || descendsFrom(m_channel->peer(), *process));
  if (!isOfRun || !isWanted(*process) || !(isKnown || mayRecord(parent))) return;
  // A session of its own says nothing of programs that are not recorded.
  const std::string teller = parent != nullptr && !isKnown ? parent->sessionId : std::string();
  // The peer waits for its answer: as yet, that session has not ended.
  for (const auto& tree : m_trees) tree->expectVerdict(teller);
  m_executions.refused(peer.pid, process->executable(), why, teller);
}

const Relay::Ancestor* Relay::parentOf(const TargetProcess& process) const {
  auto parent = m_ancestors.find(process.pid());
  if (parent == m_ancestors.end()) parent = m_ancestors.find(process.parentPid());
  return parent != m_ancestors.end() ? &parent->second : nullptr;
}

bool Relay::mayRecord(const Ancestor* parent) const {
  // Everything that comes to the relay of a `heaptap run` descends from its command.
  const bool isDescendant = m_channel ? m_admitted : parent != nullptr;
  if (m_schedule.hasEnded(std::chrono::steady_clock::now())) return false;
  return !m_stopping && (m_options.memory.children || !isDescendant);
}

bool Relay::isWanted(const std::string& program) const {
  return m_options.only.empty() ||
         std::find(m_options.only.begin(), m_options.only.end(), fileNameOf(program)) != m_options.only.end();
}

bool Relay::isWanted(const TargetProcess& process) const {
  return isWanted(process.executable()) ||
         (!process.command().empty() && isWanted(process.command().front()));
}

/// Of a process that is not to be recorded, children may be.
void Relay::passOver(Peer peer, const TargetProcess& process, const Ancestor* parent) {
  HandshakeServer::refuse(peer, Refusal::OtherName);
  say("passed " + fileNameOf(process.command().empty() ? process.executable() : process.command().front()));
  const Ancestor ancestor = parent != nullptr ? *parent : Ancestor{.sessionId = {}, .hellos = m_hellos};
  if (m_ancestors.emplace(peer.pid, ancestor).second)
    m_watched.push_back({nullptr, 0, peer.pid, std::move(peer.process)});
}

Schedule Relay::scheduleFrom(std::chrono::steady_clock::time_point start) const {
  Schedule schedule;
  if (m_options.delay.count() > 0) schedule.resumeAt = start + m_options.delay;
  if (m_options.duration) schedule.stopAt = start + m_options.delay + *m_options.duration;
  return schedule;
}

Result<Uplink::Options> Relay::uplinkFor(const Peer& peer) const {
  Uplink::Options uplink = m_options.uplink;
  if (peer.collector.empty()) return uplink;
  // A relative path is the program's, not ours. And other users may not send this relay where only we may go.
  const bool printable = std::all_of(peer.collector.begin(), peer.collector.end(),
                                     [](unsigned char c) { return c > ' ' && c < 0x7F; });
  const bool relative = peer.collector.starts_with("unix:") && !peer.collector.starts_with("unix:/");
  const bool known = peer.collector == uplink.collector;
  if (!printable || relative || (peer.user != geteuid() && !known))
    return failure(
        Code::NotPermitted, "process " + std::to_string(peer.pid),
        "asks for a collector that this relay does not send to",
        "HEAPTAP_COLLECTOR must be HOST:PORT, tls://HOST:PORT or unix:/PATH, and the process one of "
        "this user");
  // Files of keys and tokens that are no good now will not become so while the program runs.
  if (auto usable = collectorChannel(peer.collector, uplink.keepAlive); !usable)
    return tl::unexpected(std::move(usable.error()));
  uplink.collector = peer.collector;
  return uplink;
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
  std::erase_if(m_watched, [this](const Watched& watched) {
    if (!hasEnded(watched.handle)) return false;
    if (watched.tree != nullptr) watched.tree->processEnded(watched.index);
    m_ancestors.erase(watched.pid);  // Its id may soon be another process's.
    return true;
  });
}

void Relay::serviceExecutions() {
  const bool followsChildren =
      m_options.memory.children && !m_stopping && !m_schedule.hasEnded(std::chrono::steady_clock::now());
  for (const auto& tree : m_trees)
    for (ProcessTree::Executed& executed : tree->takeExecuted()) {
      const std::string session = executed.sessionId;
      if (!followsChildren || !m_executions.add(std::move(executed))) tree->judged(session, {});
    }
  judgeExecutions();
}

void Relay::judgeExecutions() {
  for (const Executions::Verdict& verdict : m_executions.judge()) {
    const bool isTold = !verdict.program.why().empty() && isWanted(verdict.program.program());
    if (isTold)
      say((verdict.toldByItself ? "unable " : "unrecorded ") + std::to_string(verdict.pid) +
          (verdict.program.in_place() ? " became " : " started ") +
          std::to_string(verdict.program.program().size()) + " " + verdict.program.program() + " " +
          verdict.program.why());
    for (const auto& tree : m_trees)
      tree->judged(verdict.sessionId, isTold ? std::optional(verdict.program) : std::nullopt);
  }
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
    if (!tree->attached() && !tree->needsNoAttaching())
      say("error process " + std::to_string(tree->firstPid()) +
          " never mapped the memory it was to share with heaptap, so nothing of it was recorded: either its "
          "limits are too low (it takes " +
          std::to_string(wire::geometryFor(m_options.memory.capacity).totalBytes >> 20) +
          " MiB of address space, ulimit -v, and two free descriptors, ulimit -n), or it ended or lost "
          "patience before, on a machine that is too busy (it waits 2 s for an answer)");
    if (const std::uint32_t more = tree->unrecordedChildren(); more != 0)
      say("error " + std::to_string(more) + " forked processes were not recorded: one program can have " +
          std::to_string(m_options.memory.capacity.processes - 1));
    for (Watched& watched : m_watched)
      if (watched.tree == tree.get()) watched.tree = nullptr;
    return true;
  });
  // What cannot be asked for again is not kept.
  if (m_trees.empty() && m_binaries->size() != 0)
    m_binaries = std::make_shared<BinaryNames>(m_options.places);
}

void Relay::prepareSpare() {
  // The command of a `heaptap run` is often the only program; to a relay that stays, another one will come.
  if (m_spare || m_channel || m_finishing) return;
  if (auto memory = SharedMemory::create(m_options.memory)) m_spare = std::move(*memory);
}

void Relay::leaveWhenIdle() {
  if (!m_options.linger || m_finishing) return;
  const auto now = std::chrono::steady_clock::now();
  if (!m_trees.empty() || m_server.hasPending())
    m_idleSince.reset();
  else if (!m_idleSince)
    m_idleSince = now;
  else if (now - *m_idleSince >= *m_options.linger) {
    // A program that connects from now on finds no relay, and may start the next one.
    m_server.leavePath();
    m_finishing = true;
    serviceHandshakes();
  }
}

void Relay::say(const std::string& text) {
  if (m_channel && !m_channel->closed()) return m_channel->say(text);
  if (text.starts_with("lost ") || text.starts_with("error "))
    std::fprintf(stderr, "heaptap-relay: %s\n", text.c_str());
}

}  // namespace heaptap::relay
