// SPDX-License-Identifier: Apache-2.0
#include "cli/run/run_command.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "cli/check/gate.h"
#include "cli/control/recorded_process.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/run/command_inspection.h"
#include "cli/run/installation.h"
#include "cli/run/output_target.h"
#include "cli/run/run_summary.h"
#include "cli/run/signal_inbox.h"
#include "cli/run/small_sessions.h"
#include "cli/run/spawn.h"
#include "cli/run/status_line.h"
#include "export/file_sink.h"

namespace heaptap::cli {
namespace {

constexpr std::chrono::seconds kPatience{1};       ///< After COMMAND's end, before the wait is explained.
constexpr std::chrono::seconds kCompanionsEnd{5};  ///< How long they may take once they have nothing to do.

/// Makes sure that no descriptor opened later becomes a standard stream. Those that `run` was started
/// without stay missing for COMMAND too: the fillers are closed on exec.
void reserveStandardStreams() {
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
    if (fcntl(number, F_GETFD) < 0) (void)!open("/dev/null", O_RDWR | O_CLOEXEC);
}

Environment environmentForCommand(const Installation& parts, const Recording& recording) {
  Environment environment = Environment::current();
  const std::string others = environment.get("LD_PRELOAD").value_or("");
  environment.set("LD_PRELOAD", parts.preload.string() + (others.empty() ? "" : ":" + others));
  environment.set("HEAPTAP_RELAY", recording.relaySocket().string());
  environment.set(kControlVariable, recording.collectorAddress());
  // What the user has set for programs that are not run by us would contradict this run.
  environment.remove("HEAPTAP_COLLECTOR");
  environment.remove("HEAPTAP_BUFFER");
  return environment;
}

/// COMMAND while it runs, and the wait for its record afterwards.
class Supervisor {
 public:
  Supervisor(Recording& recording, SignalInbox& inbox, pid_t command, bool showsStatus)
      : m_recording(recording), m_inbox(inbox), m_command(command) {
    if (showsStatus) m_status.emplace(recording.collectorAddress());
  }

  /// Returns COMMAND's wait status.
  int waitForCommand() {
    for (const auto& signal : m_inbox.take()) forwardSignal(signal, m_command, true);
    while (!commandHasEnded()) {
      showCurrentSession();
      waitForSomething(-1);
      for (const auto& signal : m_inbox.take()) forwardSignal(signal, m_command, false);
    }
    return m_waitStatus;
  }

  /// Waits until what COMMAND left is stored. False when the user at the terminal gave up.
  bool waitForRecord() {
    m_recording.commandEnded(m_command, m_waitStatus);
    const auto started = std::chrono::steady_clock::now();
    bool explained = !m_status;
    bool patient = true;
    while (patient && !m_recording.settled(m_command)) {
      const auto waited = std::chrono::steady_clock::now() - started;
      if (!explained && waited >= kPatience) {
        m_status->say(
            "heaptap: looking up symbols and finishing the record; Ctrl-C leaves that to the background");
        explained = true;
      }
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(kPatience - waited).count();
      waitForSomething(explained ? -1 : static_cast<int>(left));
      for (const auto& signal : m_inbox.take()) patient = patient && !asksToEnd(signal);
    }
    m_status.reset();
    return patient;
  }

  /// Waits until the companions have ended too, when they are about to, so that they leave no zombie.
  void waitForCompanions() {
    const auto deadline = std::chrono::steady_clock::now() + kCompanionsEnd;
    while (m_recording.companionsEnd() && !m_recording.isOver()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
      if (left <= 0) return;
      waitForSomething(static_cast<int>(left));
      for (const auto& signal : m_inbox.take())
        if (asksToEnd(signal)) return;
    }
  }

 private:
  bool commandHasEnded() {
    while (true) {
      const pid_t ended = waitpid(m_command, &m_waitStatus, WNOHANG);
      if (ended == m_command) return true;
      if (ended == 0) return false;
      if (errno != EINTR) return true;  // Only this thread waits for it, so this cannot be; never hang on it.
    }
  }

  void waitForSomething(int timeoutMs) {
    const auto channels = m_recording.waits();
    pollfd waits[] = {{m_inbox.descriptor(), POLLIN, 0}, channels[0], channels[1]};
    poll(waits, std::size(waits), timeoutMs);
    m_recording.exchange();
  }

  /// Follows COMMAND from image to image: the newest session of its process.
  void showCurrentSession() {
    if (!m_status) return;
    std::string current;
    for (const RecordedSession& session : m_recording.sessions())
      if (session.pid == m_command && !session.ended && !session.file.empty()) current = session.id;
    if (current.empty() || current == m_shown) return;
    m_shown = current;
    m_status->watch(current);
  }

  Recording& m_recording;
  SignalInbox& m_inbox;
  pid_t m_command;
  int m_waitStatus = 0;
  std::optional<StatusLine> m_status;
  std::string m_shown;
};

/// Readers find no file, or all of it. Empty: none is wanted.
Result<void> writeAddress(const std::string& file, const Recording& recording) {
  if (file.empty()) return {};
  auto sink = exporting::FileSink::create(file);
  if (!sink) return tl::unexpected(std::move(sink.error()));
  (*sink)->write(recording.collectorAddress() + "\n");
  return (*sink)->finish();
}

struct StartedCommand {
  InspectedCommand command;
  SignalInbox inbox;
  Recording recording;
  pid_t pid;
};

Result<StartedCommand> start(const RunOptions& options) {
  auto command = inspectCommand(options.command);
  if (!command) return tl::unexpected(command.error());
  // From here on nothing is COMMAND's fault: 125 for each code.
  const auto ownFault = [](Error error) {
    if (runExitCodeFor(error.code) != kExitRunFailed) error.code = Code::Unavailable;
    return tl::unexpected(std::move(error));
  };
  auto parts = Installation::find();
  if (!parts) return ownFault(parts.error());
  if (!options.recording.collector)
    if (auto checked = checkOutput(options.recording.output, options.recording.force); !checked)
      return ownFault(checked.error());
  auto inbox = SignalInbox::open();
  if (!inbox) return ownFault(inbox.error());
  for (const std::string& warning : command->warnings) printWarning(warning);
  // Without the status line and the summary, only what has gone wrong is said; this may still go well.
  if (const auto note = parts->closedToOthers(); note && geteuid() == 0 && !options.quiet)
    printWarning(*note);
  auto recording = Recording::start(*parts, options.recording);
  if (!recording) return ownFault(recording.error());
  if (auto written = writeAddress(options.addressFile, *recording); !written) {
    recording->abandon();
    return ownFault(written.error());
  }
  auto pid = spawnCommand(command->file, command->argv, environmentForCommand(*parts, *recording),
                          inbox->originalMask());
  if (!pid) {
    recording->abandon();
    return tl::unexpected(pid.error());
  }
  return StartedCommand{std::move(*command), std::move(*inbox), std::move(*recording), *pid};
}

}  // namespace

namespace {

/// Judges what was recorded. Whatever keeps it from being judged fails, too: nothing is proven then.
int checkedStatus(const Gate& gate, const RunOptions& options, const Recording& recording, bool isComplete) {
  std::vector<std::string> sessions;
  for (const RecordedSession& session : recording.sessions()) {
    // A descendant that runs on is not waited for.
    if (!session.ended) printWarning("pid " + std::to_string(session.pid) + " runs on, and is not checked");
    if (session.ended) sessions.push_back(options.recording.collector ? session.id : session.file.string());
  }
  if (!isComplete || sessions.empty()) {
    printError(
        {Code::NotFound, "--check",
         isComplete ? "no session was recorded, so that nothing is proven" : "the record was not waited for",
         ""});
    return kExitGateFailed;
  }
  const auto passed = gate.check(sessions, options.recording.collector, Gate::Stream::Error);
  if (!passed) printError(passed.error());
  return passed && *passed ? kExitOk : kExitGateFailed;
}

}  // namespace

int runCommand(const RunOptions& options) {
  reserveStandardStreams();
  std::optional<Gate> gate;
  if (options.check) {
    auto opened = Gate::open(options.gate);
    if (!opened) {
      printError(opened.error());
      return kExitRunFailed;
    }
    gate = std::move(*opened);
  }
  auto started = start(options);
  if (!started) {
    printError(started.error());
    return runExitCodeFor(started.error().code);
  }
  // Nothing is forked any more: from here on gRPC may start its threads.
  const bool showsStatus = !options.quiet && isatty(STDERR_FILENO) == 1;
  Supervisor supervisor(started->recording, started->inbox, started->pid, showsStatus);
  const int waitStatus = supervisor.waitForCommand();
  const bool complete = supervisor.waitForRecord();
  started->recording.leave();
  const std::size_t removed =
      options.minAllocations == 0
          ? 0
          : removeSmallSessions(started->recording, options.minAllocations, options.recording.output);
  printRunSummary({.name = started->command.name,
                   .pid = started->pid,
                   .waitStatus = waitStatus,
                   .collector = options.recording.collector,
                   .complete = complete,
                   .quiet = options.quiet,
                   .leastAllocations = options.minAllocations,
                   .removed = removed},
                  started->recording);
  const int status = shellStatus(waitStatus);
  const int checked = gate ? checkedStatus(*gate, options, started->recording, complete) : kExitOk;
  if (complete) supervisor.waitForCompanions();
  return status != 0 ? status : checked;
}

}  // namespace heaptap::cli
