// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "agent/relay/admission/user_folder.h"
#include "agent/relay/process/recovery.h"
#include "agent/relay/relay.h"
#include "agent/relay/target/own_process.h"
#include "agent/relay/target/session_clock.h"
#include "agent/relay/uplink/collector_channel.h"
#include "agent/relay/uplink/collector_probe.h"
#include "agent/symbols/debug_servers.h"
#include "base/exit_status.h"
#include "base/inherited_limits.h"
#include "base/version.h"
#include "rpc/security_options.h"
#include "rpc/silence.h"

namespace {

using namespace heaptap;

constexpr int kExitLost = 1;
constexpr int kExitUsage = 2;

/// How long a relay that was started on demand stays when no program is recorded.
constexpr std::chrono::seconds kLinger{10};

struct Arguments {
  std::string socket = relay::userSocket();
  bool onDemand = false;
  std::string recover;  ///< Not a relay: a buffer file.
  std::string root = "/";
  int controlFd = -1;
  bool probe = false;
  bool privateFolder = false;
  bool debuginfod = false;
  relay::Relay::Options relay;
};

int complain(const Error& error, int exitCode) {
  std::fprintf(stderr, "heaptap-relay: %s\n", error.line().c_str());
  return exitCode;
}

/// Tells `heaptap run`, or without one standard error, why there is no relay.
int refuseToStart(std::optional<relay::RunChannel>& channel, const Error& error) {
  if (!channel) return complain(error, kExitLost);
  channel->say("error " + error.line());
  channel->sayRest();
  return kExitLost;
}

/// Where `recover` tells of its errors, for a signal handler.
int g_control = -1;

/// The file was truncated while it was read.
void onMissingPage(int) {
  static constexpr char kWords[] =
      "unusable 9 the buffer file became shorter while it was read; copy it again";
  if (g_control >= 0) static_cast<void>(send(g_control, kWords, sizeof kWords - 1, MSG_NOSIGNAL));
  _exit(exitStatus(Code::Corrupt));
}

int recover(const Arguments& arguments, std::optional<relay::RunChannel>& channel) {
  g_control = arguments.controlFd;
  std::signal(SIGBUS, onMissingPage);
  auto buffer = relay::RecordedBuffer::open(arguments.recover, arguments.root);
  if (!buffer) {
    const int status = exitStatus(buffer.error().code);
    if (channel) {
      channel->say("unusable " + std::to_string(status) + " " + buffer.error().line());
      channel->sayRest();
    }
    return complain(buffer.error(), status);
  }
  if (channel) channel->say("ready");
  relay::Recovery recovery(std::move(*buffer), arguments.relay.uplink, arguments.relay.places,
                           arguments.relay.withoutEvents, arguments.relay.matching,
                           [&](const std::string& words) {
                             if (channel) return channel->say(words);
                             if (words.starts_with("lost "))
                               std::fprintf(stderr, "heaptap-relay: %s\n", words.c_str());
                           });
  const bool complete = recovery.run();
  if (channel) channel->sayRest();
  return complete ? 0 : kExitLost;
}

/// Several programs may start a relay for the same socket at once.
Result<relay::HandshakeServer> listenAlone(const std::string& socket) {
  if (socket == relay::userSocket())
    if (auto made = relay::makeSocketFolder(socket); !made) return tl::unexpected(made.error());
  auto lock = relay::SocketLock::take(socket);
  if (!lock) return tl::unexpected(lock.error());
  return relay::HandshakeServer::listen(socket, std::move(*lock));
}

/// Of what root's command starts, some may change their user: the relay asks whether a peer descends from the
/// command instead.
Result<relay::HandshakeServer> listenForRun(const std::string& socket) {
  using Access = relay::HandshakeServer::Access;
  return relay::HandshakeServer::listen(socket, {}, geteuid() == 0 ? Access::AllUsers : Access::OwnUser);
}

int relayUntilDone(const Arguments& arguments) {
  std::optional<relay::RunChannel> channel;
  if (arguments.controlFd >= 0) {
    auto adopted = relay::RunChannel::adopt(arguments.controlFd);
    if (!adopted) return complain(adopted.error(), kExitUsage);
    channel = std::move(*adopted);
  }
  if (const auto enough = checkInheritedLimits("relay"); !enough)
    return refuseToStart(channel, enough.error());
  if (arguments.probe)
    if (auto answered = relay::probeCollector(arguments.relay.uplink.collector); !answered)
      return refuseToStart(channel, answered.error());
  if (!arguments.recover.empty()) return recover(arguments, channel);
  auto server = channel ? listenForRun(arguments.socket) : listenAlone(arguments.socket);
  if (!server) return refuseToStart(channel, server.error());
  if (arguments.onDemand) relay::logBeside(arguments.socket);
  // Files of keys and tokens that are no good: nothing would ever be stored. Who has probed has opened a
  // channel.
  if (!arguments.probe)
    if (const auto usable = relay::collectorChannel(arguments.relay.uplink.collector, {}); !usable)
      return refuseToStart(channel, usable.error());
  auto relay = relay::Relay::create(arguments.relay, std::move(*server), channel);
  if (!relay) return refuseToStart(channel, relay.error());
  return (*relay)->run() ? 0 : kExitLost;
}

}  // namespace

int main(int argc, char** argv) {
  relay::cleanEnvironment();
  rpc::silence();
  loosenInheritedLimits();  // Every module of every target stays open, too.

  Arguments arguments;
  CLI::App app(
      "Records programs that connect to its socket and streams their sessions to a collector.\n"
      "Usually started by `heaptap run`, or by the library in a program that was preloaded by hand.",
      "heaptap-relay");
  app.set_version_flag("--version", std::string("heaptap-relay ") + kVersion);
  app.add_option("--socket", arguments.socket, "Unix socket that targets connect to")->capture_default_str();
  app.add_option("--collector", arguments.relay.uplink.collector,
                 "unix:PATH, HOST:PORT or tls://HOST:PORT of the collector")
      ->required();
  rpc::addSecurityOptions(app, "Options");
  app.add_option("--spool-dir", arguments.relay.uplink.spool.directory,
                 "Folder for what the collector has not yet stored")
      ->check(CLI::ExistingDirectory);
  app.add_option("--spool-bytes", arguments.relay.uplink.spool.totalBytes, "At most so much of it")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--max-stall", arguments.relay.memory.maxStallMs,
                 "Milliseconds a target's thread waits for room before it drops events");
  app.add_flag("--exact", arguments.relay.memory.exact, "Let targets wait without limit instead of dropping");
  app.add_option_function<std::int64_t>(
      "--delay", [&arguments](std::int64_t ms) { arguments.relay.delay = std::chrono::milliseconds(ms); },
      "Milliseconds from the first program's start until recording begins");
  app.add_option_function<std::int64_t>(
      "--duration",
      [&arguments](std::int64_t ms) { arguments.relay.duration = std::chrono::milliseconds(ms); },
      "Milliseconds of recording; then programs run on unrecorded");
  app.add_flag("--free-stacks", arguments.relay.memory.freeStacks, "Record the stack of every free");
  app.add_option("--sample", arguments.relay.memory.sampleInterval,
                 "Record one allocation in so many bytes on average; 0: all")
      ->check(CLI::Range(std::uint64_t{0}, wire::kMaxSampleInterval));
  app.add_flag("--no-events", arguments.relay.withoutEvents, "Send what events add up to, and none of them");
  app.add_flag("--mmap", arguments.relay.memory.mappings, "Record memory mappings, too");
  app.add_flag("!--no-children", arguments.relay.memory.children,
               "Record only the first program image: neither what it forks nor what those execute");
  app.add_option("--only", arguments.relay.only, "Record only programs of this name")
      ->allow_extra_args(false);
  app.add_option("--debug-dir", arguments.relay.places.debugFolders,
                 "Folder with debug files, as /usr/lib/debug is; before that")
      ->allow_extra_args(false);
  app.add_option("--sysroot", arguments.relay.places.sysroot, "Folder with the target's files below it");
  app.add_flag("--debuginfod", arguments.debuginfod, "Ask the servers that DEBUGINFOD_URLS names");
  app.add_flag("--probe", arguments.probe, "Start only when the collector answers");
  app.add_flag("--private-folder", arguments.privateFolder, "Remove the socket's folder at the end");
  app.add_option("--recover", arguments.recover,
                 "Listen nowhere: send what a program has left in this file (HEAPTAP_BUFFER)");
  app.add_option("--root", arguments.root, "With --recover: the folder that was / to the program");
  app.add_option_function<unsigned>(
      "--linger", [&arguments](unsigned seconds) { arguments.relay.linger = std::chrono::seconds(seconds); },
      "Leave when no program was recorded for this many seconds");
  app.add_flag("--on-demand", arguments.onDemand,
               "Started by a recorded program: --linger 10, and messages go to relay.log beside the socket");
  app.add_option("--control-fd", arguments.controlFd, "Descriptor that connects to `heaptap run`");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (app.exit(error) != 0) return kExitUsage;
    if (std::cout.flush()) return 0;
    const Code code = Code::NotWritable;
    return complain({code, "standard output", "could not be written", {}}, exitStatus(code));
  }
  if (arguments.debuginfod)
    arguments.relay.places.servers = std::make_shared<symbols::DebugServers>();
  else
    unsetenv("DEBUGINFOD_URLS");  // Nothing below shall follow it unasked.
  rpc::anchorSettings();
  if (arguments.onDemand) {
    relay::standAlone();
    if (!arguments.relay.linger) arguments.relay.linger = kLinger;
  }
  // Another clock than the best, to compare: docs/capture.md.
  arguments.relay.memory.clock = relay::ClockSources::ofThisMachine().best(std::getenv("HEAPTAP_CLOCK"));
  // And another number of threads: docs/performance.md.
  arguments.relay.matching = relay::Matching::ofThisMachine(std::getenv("HEAPTAP_MATCH_THREADS"));
  const int status = relayUntilDone(arguments);
  if (arguments.privateFolder) rmdir(arguments.socket.substr(0, arguments.socket.rfind('/')).c_str());
  return status;
}
