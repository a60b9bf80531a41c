// SPDX-License-Identifier: Apache-2.0
#include "cli/private_collector.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/control_channel.h"
#include "base/inherited_limits.h"
#include "base/unique_fd.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "collector/service/collector_server.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

using service::SessionEvent;

/// How long sessions may take to be closed once their relay has gone.
constexpr std::chrono::seconds kClosingLimit{30};

/// Packets made by the collector's threads, sent by the main one.
class Outbox {
 public:
  Outbox() : m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  [[nodiscard]] int descriptor() const { return m_wake.get(); }

  void put(std::string packet) {
    const std::lock_guard lock(m_mutex);
    m_packets.push_back(std::move(packet));
    eventfd_write(m_wake.get(), 1);
  }

  [[nodiscard]] std::vector<std::string> take() {
    eventfd_t count = 0;
    eventfd_read(m_wake.get(), &count);
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_packets, {});
  }

 private:
  UniqueFd m_wake;
  std::mutex m_mutex;
  std::vector<std::string> m_packets;
};

std::string packetFor(const Error& error) {
  for (const ExitCode& row : exitCodes())
    if (row.code == error.code) return "error " + std::string(row.name) + " " + error.line();
  return "error Internal " + error.line();
}

std::string packetFor(const SessionEvent& event) {
  const std::string id = event.session.empty() ? "-" : event.session;
  switch (event.kind) {
    case SessionEvent::Kind::Opened:
    case SessionEvent::Kind::Waiting:
    case SessionEvent::Kind::Restored:
    case SessionEvent::Kind::Resumed: return "session " + id + " " + event.file.string();
    case SessionEvent::Kind::Closed:
      return (event.complete ? "closed " : "cut ") + id + " " + std::to_string(event.allocations) + " " +
             event.file.string();
    case SessionEvent::Kind::Reduced:
      return packetFor(Error{event.error->code, event.error->where, event.error->what,
                             "until there is room only the numbers are stored, not each event"});
    case SessionEvent::Kind::Crowded: return packetFor(*event.error);
    case SessionEvent::Kind::Removed:  // The files of a command have no limit together.
    case SessionEvent::Kind::Failed: break;
  }
  return "failed " + id + " " + (event.error ? event.error->line() : "the session could not be stored");
}

UniqueFd openProcess(const std::string& pidText) {
  pid_t pid = 0;
  std::from_chars(pidText.data(), pidText.data() + pidText.size(), pid);
  if (pid <= 0) return {};
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

/// What asks the process to end. Threads that are started from here on inherit the mask.
UniqueFd openEndings() {
  sigset_t endings;
  sigemptyset(&endings);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&endings, signal);
  pthread_sigmask(SIG_BLOCK, &endings, nullptr);
  return UniqueFd(signalfd(-1, &endings, SFD_CLOEXEC | SFD_NONBLOCK));
}

/// Serves until `run` says that no more comes, the relay has gone and every session is closed; or until a
/// signal asks it to end: then sessions are closed as they are.
void serve(service::CollectorServer& server, ControlChannel& control, Outbox& outbox, int endings) {
  UniqueFd relay;
  bool finishing = false;
  std::chrono::steady_clock::time_point relayGoneAt{};
  while (true) {
    for (ControlPacket& packet : control.exchange()) {
      if (packet.word == "relay") relay = openProcess(packet.takeField());
      if (packet.word == "finish") finishing = true;
    }
    finishing = finishing || control.closed();
    for (std::string& packet : outbox.take()) control.send(std::move(packet));
    if (finishing && !relay) {
      const auto now = std::chrono::steady_clock::now();
      if (relayGoneAt == decltype(relayGoneAt){}) relayGoneAt = now;
      if (server.liveSessions() == 0) return;
      if (now - relayGoneAt > kClosingLimit) return server.finishSessions();
    }
    std::array<pollfd, 4> waits{pollfd{control.descriptor(), control.pollEvents(), 0},
                                pollfd{outbox.descriptor(), POLLIN, 0}, pollfd{relay.get(), POLLIN, 0},
                                pollfd{endings, POLLIN, 0}};
    // A session counts as live a little longer than its last event: look again soon.
    poll(waits.data(), waits.size(), finishing && !relay ? 20 : -1);
    if (waits[2].revents != 0) relay.reset();
    if (waits[3].revents != 0) return server.finishSessions();
  }
}

}  // namespace

int privateCollector(const PrivateCollectorOptions& options) {
  loosenInheritedLimits();
  auto adopted = ControlChannel::adopt(options.controlDescriptor);
  if (!adopted) {
    printError(adopted.error());
    return exitCodeFor(adopted.error().code);
  }
  ControlChannel& control = *adopted;
  const UniqueFd endings = openEndings();
  Outbox outbox;
  if (const auto enough = checkInheritedLimits("collector"); !enough) {
    control.send(packetFor(enough.error()));
    control.sendRest();
    return exitCodeFor(enough.error().code);
  }
  service::CollectorOptions collector;
  collector.addresses = {"unix:" + options.socket.string()};
  collector.files = {.firstImage = options.output,
                     .directory = options.directory,
                     .force = options.force,
                     .maxFileBytes = options.maxFileBytes};
  collector.endWithStream = true;
  collector.onSessionEvent = [&outbox](const SessionEvent& event) { outbox.put(packetFor(event)); };
  auto server = service::CollectorServer::start(std::move(collector));
  if (!server) {
    control.send(packetFor(server.error()));
    control.sendRest();
    return exitCodeFor(server.error().code);
  }
  control.send("ready");
  serve(**server, control, outbox, endings.get());
  (*server)->shutdown();
  for (std::string& packet : outbox.take()) control.send(std::move(packet));
  control.sendRest();
  // The folder belongs to `run`, which may be long gone. Only what heaptap put there is removed.
  std::error_code ignored;
  fs::remove(options.socket, ignored);
  fs::remove(options.socket.parent_path() / "relay.sock", ignored);
  fs::remove(options.socket.parent_path(), ignored);
  return kExitOk;
}

}  // namespace heaptap::cli
