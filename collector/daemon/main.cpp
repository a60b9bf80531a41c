// SPDX-License-Identifier: Apache-2.0
//
// heaptapd: receives sessions from any number of relays, keeps them in one folder, and answers queries about
// all of them. Exit codes: docs/exit-codes.md.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/exit_status.h"
#include "base/version.h"
#include "collector/daemon/age.h"
#include "collector/daemon/data_folder.h"
#include "collector/daemon/descriptor_limit.h"
#include "collector/daemon/exposure.h"
#include "collector/service/collector_server.h"
#include "rpc/default_address.h"
#include "rpc/silence.h"

namespace {

using heaptap::Result;
using heaptap::daemon::DataFolder;
using heaptap::service::CollectorServer;
using heaptap::service::SessionEvent;

struct Options {
  std::vector<std::string> addresses;
  std::string data = heaptap::daemon::defaultDataFolder();
  std::uint64_t maxFileBytes = 0;
  bool withoutEvents = false;
  double relayTimeoutSeconds = 60;
  heaptap::service::StorageLimits limits;
  heaptap::rpc::ServerFiles security;
  bool insecure = false;
};

void say(const char* word, const std::string& text) {
  std::fprintf(stderr, "heaptapd: %s%s\n", word, text.c_str());
}

// The folder of a socket is made for this user only; gRPC makes the socket itself.
void makeSocketFolder(const std::string& address) {
  if (!address.starts_with("unix:")) return;
  const std::filesystem::path folder = std::filesystem::path(address.substr(5)).parent_path();
  if (!folder.empty()) mkdir(folder.c_str(), 0700);
}

std::string lossOf(const SessionEvent& event) {
  if (event.eventsNotStored == 0) return {};
  return " (" + std::to_string(event.eventsNotStored) + " events are counted, but not kept one by one)";
}

void report(const SessionEvent& event) {
  switch (event.kind) {
    case SessionEvent::Kind::Opened: return say("recording ", event.file);
    case SessionEvent::Kind::Resumed: return say("recording on ", event.file);
    case SessionEvent::Kind::Waiting: return say("waiting for the relay of ", event.file);
    case SessionEvent::Kind::Closed:
      return say(event.complete ? "stored " : "cut short, as the relay is gone: ",
                 event.file.string() + lossOf(event));
    case SessionEvent::Kind::Reduced:
      return say("",
                 event.error->line() + "; until there is room only the numbers are stored, not each event");
    case SessionEvent::Kind::Restored:
      return say("", event.file.string() + ": there is room again, and each event is stored from now on");
    case SessionEvent::Kind::Removed: return say("removed ", event.file.string() + ": " + event.why);
    case SessionEvent::Kind::Crowded: return say("", event.error->line());
    case SessionEvent::Kind::Failed: return say("", event.error ? event.error->line() : "a session failed");
  }
}

void tellFewDescriptors() {
  const std::size_t descriptors = heaptap::daemon::raiseDescriptorLimit();
  if (const auto sessions = heaptap::daemon::fewSessionsFor(descriptors))
    say("warning: ", "no more than " + std::to_string(descriptors) +
                         " file descriptors, which are enough for " + std::to_string(*sessions) +
                         " sessions at once; more of them wait until others end: "
                         "raise its hard limit (ulimit -Hn)");
}

Result<void> serve(const Options& options, const sigset_t& endings) {
  const auto stays = [](const heaptap::Error& error) {
    say("warning: ", error.line() + "; the tokens from before stay");
  };
  auto security = heaptap::rpc::ServerSecurity::open(options.security, stays);
  if (!security) return tl::unexpected(security.error());
  for (const std::string& address : options.addresses) {
    if (auto checked = heaptap::daemon::checkExposure(address, *security, options.insecure); !checked)
      return checked;
    makeSocketFolder(address);
  }
  auto folder = DataFolder::open(options.data);
  if (!folder) return tl::unexpected(folder.error());
  heaptap::service::CollectorOptions collector;
  collector.addresses = options.addresses;
  collector.security = std::move(*security);
  collector.files.directory = folder->path();
  collector.files.maxFileBytes = options.maxFileBytes;
  collector.files.withoutEvents = options.withoutEvents;
  collector.ownFiles = folder->sessionFiles();
  collector.limits = options.limits;
  collector.relayTimeout =
      std::chrono::milliseconds(std::llround(std::min(options.relayTimeoutSeconds, 1e9) * 1000));
  collector.onSessionEvent = report;
  auto server = CollectorServer::start(std::move(collector));
  if (!server) return tl::unexpected(server.error());
  for (const std::string& address : (*server)->addresses()) {
    std::printf("heaptapd: listening on %s, sessions in %s\n", address.c_str(), folder->path().c_str());
  }
  std::fflush(stdout);
  int signal = 0;
  sigwait(&endings, &signal);
  (*server)->shutdown();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Receives allocation profiles from heaptap's relays, stores them, and answers queries about them."};
  app.add_option("--listen", options.addresses,
                 "unix:PATH or HOST:PORT; may be repeated (default: " + heaptap::rpc::defaultAddress() + ")");
  app.add_option("--data", options.data, "Folder for the session files")->capture_default_str();
  app.add_option("--max-file", options.maxFileBytes, "Largest session file; the oldest events go first")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--max-bytes", options.limits.maxBytes,
                 "Largest sum of the sessions in the folder; those that ended first are removed")
      ->transform(CLI::AsSizeValue(false));
  app.add_option_function<std::string>(
         "--max-age",
         [&options](const std::string& text) {
           const auto age = heaptap::daemon::parseAge(text);
           if (!age) throw CLI::ValidationError("--max-age", age.error().line());
           options.limits.maxAge = *age;
         },
         "Time after its end at which a session is removed: 12h, 30d, 8w")
      ->type_name("DURATION");
  app.add_flag("--no-events", options.withoutEvents,
               "Keep all numbers of the sessions to come, and no single events");
  app.add_option("--relay-timeout", options.relayTimeoutSeconds,
                 "Seconds that a session waits for a relay that has gone; then it is cut short")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--tls-certificate", options.security.certificate,
                 "Speak TLS at each HOST:PORT, with this certificate (PEM, with those above it)")
      ->type_name("FILE");
  app.add_option("--tls-key", options.security.key, "Its private key (PEM)")->type_name("FILE");
  app.add_option("--tls-client-ca", options.security.clientCa,
                 "Let in by TLS only who has a certificate that one of these (PEM) has signed")
      ->type_name("FILE");
  app.add_option("--token-file", options.security.tokens,
                 "Let in only who has one of these tokens, one a line; lines with # say what they are for")
      ->type_name("FILE");
  app.add_flag("--insecure", options.insecure,
               "Allow addresses that other machines can reach, without TLS or asking who is there");
  app.set_version_flag("--version", std::string("heaptapd ") + heaptap::kVersion);
  app.footer("Example:\n  heaptapd &\n  heaptap run --collector " + heaptap::rpc::defaultAddress() +
             " -- ./app\n  heaptap-gui --collector " + heaptap::rpc::defaultAddress() +
             "\n\n  heaptapd --listen 0.0.0.0:4317 --tls-certificate host.pem --tls-key host.key "
             "--token-file tokens\n  heaptap ls --collector tls://build-host:4317 --token-file token");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (app.exit(error) != 0) return 2;
    if (std::cout.flush()) return 0;
    say("", "standard output: could not be written");
    return heaptap::exitStatus(heaptap::Code::NotWritable);
  }
  if (options.addresses.empty()) options.addresses = {heaptap::rpc::defaultAddress()};

  heaptap::rpc::silence();
  // Before gRPC starts threads, so that they inherit the mask and the signals come to sigwait.
  sigset_t endings;
  sigemptyset(&endings);
  sigaddset(&endings, SIGINT);
  sigaddset(&endings, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &endings, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  umask(0077);
  tellFewDescriptors();
  if (auto served = serve(options, endings); !served) {
    say("", served.error().line());
    return heaptap::exitStatus(served.error().code);
  }
  return 0;
}
