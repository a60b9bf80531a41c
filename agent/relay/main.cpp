// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "agent/relay/relay.h"
#include "agent/relay/session_clock.h"
#include "agent/relay/version.h"

namespace {

using namespace heaptap;

constexpr int kExitLost = 1;
constexpr int kExitUsage = 2;

struct Arguments {
  std::string socket;
  int controlFd = -1;
  relay::Relay::Options relay;
};

/// The relay records others; nobody records the relay. gRPC must not prepare for forks that never come.
void cleanEnvironment() {
  unsetenv("LD_PRELOAD");
  unsetenv("HEAPTAP_RELAY");
  setenv("GRPC_ENABLE_FORK_SUPPORT", "0", 1);
}

/// Every module of every target stays open, and every target has a handful of descriptors.
void raiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int complain(const Error& error, int exitCode) {
  std::fprintf(stderr, "heaptap-relay: %s\n", error.line().c_str());
  return exitCode;
}

int relayUntilDone(const Arguments& arguments) {
  std::optional<relay::RunChannel> channel;
  if (arguments.controlFd >= 0) {
    auto adopted = relay::RunChannel::adopt(arguments.controlFd);
    if (!adopted) return complain(adopted.error(), kExitUsage);
    channel = std::move(*adopted);
  }
  auto server = relay::HandshakeServer::listen(arguments.socket);
  if (!server) {
    if (channel) channel->say("error " + server.error().line());
    return complain(server.error(), kExitLost);
  }
  auto relay = relay::Relay::create(arguments.relay, std::move(*server), std::move(channel));
  if (!relay) return complain(relay.error(), kExitLost);
  return (*relay)->run() ? 0 : kExitLost;
}

}  // namespace

int main(int argc, char** argv) {
  cleanEnvironment();
  std::signal(SIGPIPE, SIG_IGN);
  raiseDescriptorLimit();

  Arguments arguments;
  CLI::App app(
      "Records programs that connect to its socket and streams their sessions to a collector.\n"
      "Usually started by `heaptap run`.",
      "heaptap-relay");
  app.set_version_flag("--version", std::string("heaptap-relay ") + relay::kVersion);
  app.add_option("--socket", arguments.socket, "Unix socket that targets connect to")->required();
  app.add_option("--collector", arguments.relay.uplink.collector, "unix:PATH or HOST:PORT of the collector")
      ->required();
  app.add_option("--spool-dir", arguments.relay.uplink.spool.directory,
                 "Folder for what the collector has not yet stored")
      ->check(CLI::ExistingDirectory);
  app.add_option("--spool-bytes", arguments.relay.uplink.spool.totalBytes, "At most so much of it")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--max-stall", arguments.relay.memory.maxStallMs,
                 "Milliseconds a target's thread waits for room before it drops events");
  app.add_flag("--exact", arguments.relay.memory.exact, "Let targets wait without limit instead of dropping");
  app.add_flag("!--no-children", arguments.relay.memory.children,
               "Record only the first program image: neither what it forks nor what those execute");
  app.add_option("--control-fd", arguments.controlFd, "Descriptor that connects to `heaptap run`");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  arguments.relay.memory.clock = relay::bestClockMode();
  return relayUntilDone(arguments);
}
