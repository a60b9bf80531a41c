// SPDX-License-Identifier: Apache-2.0
#include "cli/run/recording.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <fstream>
#include <utility>

#include "cli/exit_code.h"
#include "cli/run/spawn.h"
#include "collector/store/abandoned_file.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds kStartLimit{20};
constexpr int kEndLimitMs = 5000;
constexpr const char* kCutShort = "the record was cut short";

std::optional<std::uint64_t> numberFrom(const std::string& text) {
  std::uint64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

pid_t pidFrom(const std::string& text) {
  pid_t pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

Code codeNamed(const std::string& name) {
  for (const ExitCode& row : exitCodes())
    if (row.name == name) return row.code;
  return Code::Internal;
}

Code codeOfStatus(const std::string& status) {
  for (const ExitCode& row : exitCodes())
    if (std::to_string(row.general) == status) return row.code;
  return Code::Internal;
}

/// Neither gone nor a zombie.
bool runsOn(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  const std::size_t nameEnd = text.rfind(") ");
  return nameEnd != std::string::npos && text[nameEnd + 2] != 'Z' && text[nameEnd + 2] != 'X';
}

/// How a companion ended that has closed its channel, when not well: ", killed by signal 9". The channel
/// closes as the process ends, a moment before it can be waited for.
std::string howEnded(pid_t pid, bool* killed = nullptr) {
  int status = 0;
  if (pid <= 0 || waitpid(pid, &status, 0) != pid) return {};
  if (killed != nullptr) *killed = WIFSIGNALED(status);
  if (WIFSIGNALED(status)) return ", killed by signal " + std::to_string(WTERMSIG(status));
  return status == 0 ? "" : ", with exit status " + std::to_string(WEXITSTATUS(status));
}

/// Takes over a companion that is about to end.
void reap(pid_t pid) {
  if (pid <= 0) return;
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  pollfd end{process.get(), POLLIN, 0};
  if (process) poll(&end, 1, kEndLimitMs);
  waitpid(pid, nullptr, WNOHANG);
}

std::string milliseconds(double seconds) { return std::to_string(std::llround(seconds * 1000)); }

}  // namespace

Result<Recording> Recording::start(const Installation& parts, const RecordingOptions& options) {
  auto folder = PrivateFolder::make();
  if (!folder) return tl::unexpected(folder.error());
  Recording recording(std::move(*folder));
  recording.m_private = !options.collector;
  // Both at once: they do not need each other before the first event.
  if (recording.m_private)
    if (auto started = recording.startCollector(parts, options); !started)
      return tl::unexpected(started.error());
  if (!recording.m_private) recording.m_collectorAddress = *options.collector;
  auto ready =
      recording.startRelay(parts, options).and_then([&recording] { return recording.waitUntilReady(); });
  if (!ready) {
    recording.abandon();
    return tl::unexpected(ready.error());
  }
  return recording;
}

Result<void> Recording::startCollector(const Installation& parts, const RecordingOptions& options) {
  auto ends = ControlChannel::makePair();
  if (!ends) return tl::unexpected(ends.error());
  const std::string socket = (m_folder.path() / "collector.sock").string();
  m_collectorAddress = "unix:" + socket;
  std::vector<std::string> argv{parts.program.string(),
                                "private-collector",
                                "--socket",
                                socket,
                                "--control-fd",
                                std::to_string(kControlDescriptor)};
  if (options.output.empty())
    argv.insert(argv.end(), {"--directory", fs::current_path().string()});
  else
    argv.insert(argv.end(), {"--output", fs::absolute(options.output).string()});
  if (options.force) argv.emplace_back("--force");
  if (options.maxFileBytes != 0)
    argv.insert(argv.end(), {"--max-file", std::to_string(options.maxFileBytes)});
  auto pid = spawnCompanion(parts.program, std::move(argv), ends->second);
  if (!pid) return tl::unexpected(pid.error());
  m_collector.pid = *pid;
  m_collector.channel = ControlChannel(std::move(ends->first));
  return {};
}

Result<void> Recording::startRelay(const Installation& parts, const RecordingOptions& options) {
  auto ends = ControlChannel::makePair();
  if (!ends) return tl::unexpected(ends.error());
  std::vector<std::string> argv{parts.relay.string(),
                                "--socket",
                                relaySocket().string(),
                                "--collector",
                                m_collectorAddress,
                                "--control-fd",
                                std::to_string(kControlDescriptor)};
  if (options.maxStallMs) argv.insert(argv.end(), {"--max-stall", std::to_string(*options.maxStallMs)});
  if (options.exact) argv.emplace_back("--exact");
  if (options.delaySeconds > 0) argv.insert(argv.end(), {"--delay", milliseconds(options.delaySeconds)});
  if (options.durationSeconds)
    argv.insert(argv.end(), {"--duration", milliseconds(*options.durationSeconds)});
  if (options.freeStacks) argv.emplace_back("--free-stacks");
  if (options.sampleInterval != 0)
    argv.insert(argv.end(), {"--sample", std::to_string(options.sampleInterval)});
  if (options.withoutEvents) argv.emplace_back("--no-events");
  if (options.mappings) argv.emplace_back("--mmap");
  if (options.noChildren) argv.emplace_back("--no-children");
  for (const std::string& name : options.only) argv.push_back("--only=" + name);
  appendSearch(options.search, argv);
  // A private collector is there for certain, and removes the folder itself.
  if (!m_private) argv.insert(argv.end(), {"--probe", "--private-folder"});
  if (!options.recover.empty()) argv.insert(argv.end(), {"--recover", options.recover.string()});
  if (!options.root.empty()) argv.insert(argv.end(), {"--root", fs::absolute(options.root).string()});
  auto pid = spawnCompanion(parts.relay, std::move(argv), ends->second);
  if (!pid) return tl::unexpected(pid.error());
  m_relay.pid = *pid;
  m_relay.channel = ControlChannel(std::move(ends->first));
  m_collector.channel.send("relay " + std::to_string(*pid));
  return {};
}

Result<void> Recording::waitUntilReady() {
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (true) {
    exchange();
    if (m_collector.error) return tl::unexpected(*m_collector.error);
    if (m_relay.error) return tl::unexpected(*m_relay.error);
    if (m_private && m_collector.channel.closed())
      return failure(Code::Unavailable, "collector",
                     "ended while it was starting" + howEnded(m_collector.pid));
    if (m_relay.channel.closed())
      return failure(Code::Unavailable, "relay", "ended while it was starting" + howEnded(m_relay.pid));
    if (m_relay.ready && (m_collector.ready || !m_private)) return {};
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      const char* who = m_relay.ready ? "collector" : "relay";
      return failure(Code::Unavailable, who,
                     "was not ready within " + std::to_string(kStartLimit.count()) + " s");
    }
    auto descriptors = waits();
    poll(descriptors.data(), descriptors.size(), static_cast<int>(left.count()));
  }
}

std::array<pollfd, 2> Recording::waits() const {
  return {pollfd{m_collector.channel.descriptor(), m_collector.channel.pollEvents(), 0},
          pollfd{m_relay.channel.descriptor(), m_relay.channel.pollEvents(), 0}};
}

void Recording::exchange() {
  for (ControlPacket& packet : m_collector.channel.exchange()) hearCollector(std::move(packet));
  for (ControlPacket& packet : m_relay.channel.exchange()) hearRelay(std::move(packet));
  noticeDeaths();
}

RecordedSession& Recording::session(const std::string& id) {
  const auto found =
      std::find_if(m_sessions.begin(), m_sessions.end(), [&id](const auto& s) { return s.id == id; });
  if (found != m_sessions.end()) return *found;
  m_sessions.emplace_back().id = id;
  return m_sessions.back();
}

void Recording::hearCollector(ControlPacket packet) {
  if (packet.word == "ready") {
    m_collector.ready = true;
  } else if (packet.word == "error") {
    const Code code = codeNamed(packet.takeField());
    if (!m_collector.ready) m_collector.error = Error{code, {}, packet.rest, {}};
    if (m_collector.ready) m_troubles.push_back(packet.rest);
  } else if (packet.word == "session") {
    RecordedSession& open = session(packet.takeField());
    open.file = packet.rest;
    // Its relay has come back.
    if (std::exchange(open.ended, false) && open.trouble == kCutShort) open.trouble.clear();
  } else if (packet.word == "closed" || packet.word == "cut") {
    RecordedSession& ended = session(packet.takeField());
    ended.allocations = numberFrom(packet.takeField());
    ended.file = packet.rest;
    ended.ended = true;
    if (packet.word == "cut" && ended.trouble.empty()) ended.trouble = kCutShort;
  } else if (packet.word == "failed") {
    const std::string id = packet.takeField();
    if (id == "-") {
      m_troubles.push_back(packet.rest);
    } else {
      RecordedSession& failed = session(id);
      failed.ended = true;
      failed.trouble = packet.rest;
    }
  }
}

void Recording::hearRelay(ControlPacket packet) {
  if (packet.word == "ready") {
    m_relay.ready = true;
  } else if (packet.word == "unusable") {
    const Error cause{codeOfStatus(packet.takeField()), {}, packet.rest, {}};
    if (!m_relay.ready) m_relay.error = cause;
    if (m_relay.ready) m_troubles.push_back(cause.what);
  } else if (packet.word == "error") {
    if (!m_relay.ready) m_relay.error = Error{Code::Unavailable, {}, packet.rest, {}};
    if (m_relay.ready) m_troubles.push_back("relay: " + packet.rest);
  } else if (packet.word == "session") {
    RecordedSession& started = session(packet.takeField());
    started.pid = pidFrom(packet.takeField());
  } else if (packet.word == "unrecorded" || packet.word == "unable") {
    hearUnrecorded(std::move(packet));
  } else if (packet.word == "passed") {
    if (std::find(m_passedOver.begin(), m_passedOver.end(), packet.rest) == m_passedOver.end())
      m_passedOver.push_back(packet.rest);
  } else if (packet.word == "done") {
    RecordedSession& done = session(packet.takeField());
    if (!m_private) done.ended = true;  // Else the collector's word counts: it closes the file.
  } else if (packet.word == "lost") {
    RecordedSession& lost = session(packet.takeField());
    lost.trouble = packet.rest;
    if (!m_private) lost.ended = true;
  }
}

void Recording::hearUnrecorded(ControlPacket packet) {
  UnrecordedProgram heard;
  heard.wasUnable = packet.word == "unable";
  heard.pid = pidFrom(packet.takeField());
  heard.became = packet.takeField() == "became";
  std::size_t length = 0;
  const std::string digits = packet.takeField();
  std::from_chars(digits.data(), digits.data() + digits.size(), length);
  length = std::min(length, packet.rest.size());
  heard.program = packet.rest.substr(0, length);
  heard.why = packet.rest.substr(std::min(length + 1, packet.rest.size()));
  // Each that took over a process has a line of its own: a session ends with it.
  const auto known = std::find_if(m_unrecorded.begin(), m_unrecorded.end(), [&heard](const auto& each) {
    return !heard.became && !each.became && each.program == heard.program && each.why == heard.why;
  });
  if (known != m_unrecorded.end())
    ++known->times;
  else
    m_unrecorded.push_back(std::move(heard));
}

/// A companion that ends before it was asked to has died. Once COMMAND has ended the relay may go, and
/// after it the collector.
void Recording::noticeDeaths() {
  if (m_relay.ready && m_relay.channel.closed() && !m_relay.missed) {
    m_relay.missed = true;
    bool killed = false;
    const std::string how = howEnded(m_relay.pid, &killed);
    // A relay that ends with a failure has said for each session what was lost.
    const bool isSaid =
        std::any_of(m_sessions.begin(), m_sessions.end(), [](const auto& s) { return !s.trouble.empty(); });
    if (!m_ending || killed || (!how.empty() && !isSaid))
      m_troubles.push_back("the relay ended early" + how +
                           "; what came after that is lost, what was stored before is kept");
    m_collector.channel.send("finish");
  }
  if (m_collector.ready && m_collector.channel.closed() && !m_collector.missed) {
    m_collector.missed = true;
    const std::string how = howEnded(m_collector.pid);
    bool unfinished = false;
    for (RecordedSession& open : m_sessions) unfinished = unfinished || !std::exchange(open.ended, true);
    if (!m_relay.missed || unfinished) {
      m_troubles.push_back("the collector ended early" + how + "; what came after that is lost, " +
                           keptWords());
      tidyFiles();
    }
    if (m_private && !m_relay.missed) endRelay();
  }
}

/// What a collector that has died leaves behind.
std::string Recording::keptWords() const {
  std::vector<std::string> files;
  for (const RecordedSession& session : m_sessions)
    if (!session.file.empty()) files.push_back(session.file.filename().string());
  if (files.empty()) return "and nothing was stored before";
  return "what was stored before is kept in " + files.front() +
         (files.size() == 1 ? "" : " and " + std::to_string(files.size() - 1) + " more");
}

/// A collector that was killed leaves a log and a reserve beside each file.
void Recording::tidyFiles() {
  for (RecordedSession& session : m_sessions) {
    std::error_code ignored;
    if (session.file.empty() || !fs::exists(session.file, ignored)) continue;
    if (const auto tidied = store::tidyAbandoned(session.file); !tidied && session.trouble.empty())
      session.trouble =
          tidied.error().what +
          ", so that a part of it is still in the file's log beside it (-wal): keep both together";
  }
}

/// There is no other collector for what the relay records from here on. Programs run on, unrecorded.
void Recording::endRelay() {
  m_relay.missed = true;
  kill(m_relay.pid, SIGKILL);
  reap(m_relay.pid);
}

void Recording::commandEnded(pid_t command, int waitStatus) {
  m_ending = true;
  m_relay.channel.send("exited " + std::to_string(command) + " " + std::to_string(waitStatus));
  m_relay.channel.send("finish");
}

bool Recording::settled(pid_t command) const {
  // Without a collector of its own, `run` has nothing to wait for but the relay.
  if (m_relay.channel.closed()) return !m_private || m_collector.channel.closed();
  if (m_private && m_collector.channel.closed()) return true;
  bool descendants = false;
  for (const RecordedSession& open : m_sessions) {
    if (open.ended) continue;
    if (open.pid == command || !runsOn(open.pid)) return false;
    descendants = true;
  }
  return descendants;
}

bool Recording::companionsEnd() const {
  return std::all_of(m_sessions.begin(), m_sessions.end(), [](const auto& s) { return s.ended; });
}

void Recording::forget(const std::string& id) {
  std::erase_if(m_sessions, [&id](const RecordedSession& session) { return session.id == id; });
}

void Recording::abandon() {
  for (Companion* companion : {&m_relay, &m_collector}) {
    companion->channel = {};  // Tells it that nothing will come.
    if (!companion->missed) reap(companion->pid);
    companion->missed = true;
  }
}

void Recording::leave() {
  // Whichever of the two goes on and ends last removes the folder: descendants may still connect to the
  // relay.
  if (m_private ? !m_collector.channel.closed() : !m_relay.channel.closed()) m_folder.leave();
}

}  // namespace heaptap::cli
