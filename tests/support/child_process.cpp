// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace heaptap::test {
namespace {

void check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe makePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) check(errno, "pipe2");
  return {ends[0], ends[1]};
}

void closeEnd(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

std::vector<std::string> environmentOf(const Launch& launch) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : launch.environment) {
    if (value)
      variables[name] = *value;
    else
      variables.erase(name);
  }
  std::vector<std::string> result;
  for (const auto& [name, value] : variables) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointersTo(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (auto& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildProcess::ChildProcess(const Launch& launch) {
  Pipe in = makePipe();
  Pipe out = makePipe();
  Pipe err = makePipe();
  // Whatever this test was started with: programs under test have three descriptors.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  if (!launch.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, launch.folder.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);  // Ignored here; programs under test start as a shell starts them.
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  auto arguments = launch.argv;
  auto environment = environmentOf(launch);
  const int error = posix_spawnp(&m_pid, arguments.at(0).c_str(), &actions, &attributes,
                                 pointersTo(arguments).data(), pointersTo(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  closeEnd(in.read);
  closeEnd(out.write);
  closeEnd(err.write);
  m_in = in.write;
  fcntl(m_in, F_SETFL, O_NONBLOCK);
  std::signal(SIGPIPE, SIG_IGN);
  m_out = out.read;
  m_err = err.read;
  check(error, launch.argv[0].c_str());
}

ChildProcess::~ChildProcess() {
  closeEnd(m_in);
  closeEnd(m_out);
  closeEnd(m_err);
  if (m_pid > 0) {
    kill(m_pid, SIGKILL);
    waitpid(m_pid, nullptr, 0);
  }
}

void ChildProcess::closeInput() {
  m_inputEnds = true;
  if (m_input.empty()) closeEnd(m_in);
}

void ChildProcess::signal(int number) const {
  if (kill(m_pid, number) != 0) check(errno, "kill");
}

bool ChildProcess::waitForOutput(std::string_view text) { return readUntil(m_outcome.out, text); }

bool ChildProcess::waitForError(std::string_view text) { return readUntil(m_outcome.err, text); }

bool ChildProcess::readUntil(const std::string& stream, std::string_view text) {
  while (stream.find(text) == std::string::npos)
    if (!exchange()) return false;
  return true;
}

/// Waits until a stream is ready and moves what it can. False once both outputs are closed.
bool ChildProcess::exchange() {
  if (m_out < 0 && m_err < 0) return false;
  if (m_inputEnds && m_input.empty()) closeEnd(m_in);
  const bool writes = !m_input.empty();
  std::array<pollfd, 3> waits{pollfd{m_out, POLLIN, 0}, pollfd{m_err, POLLIN, 0},
                              pollfd{writes ? m_in : -1, POLLOUT, 0}};
  if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) check(errno, "poll");
  std::array<char, 65536> buffer{};
  const auto take = [&buffer](const pollfd& wait, int& descriptor, std::string& text) {
    if (wait.revents == 0) return;
    const ssize_t length = read(descriptor, buffer.data(), buffer.size());
    if (length > 0)
      text.append(buffer.data(), static_cast<std::size_t>(length));
    else if (length == 0 || errno != EINTR)
      closeEnd(descriptor);
  };
  take(waits[0], m_out, m_outcome.out);
  take(waits[1], m_err, m_outcome.err);
  if (waits[2].revents != 0) writeSome();
  return true;
}

void ChildProcess::writeSome() {
  const ssize_t written = write(m_in, m_input.data(), m_input.size());
  if (written >= 0)
    m_input.erase(0, static_cast<std::size_t>(written));
  else if (errno != EAGAIN && errno != EINTR)
    m_input.clear();  // A process may leave its input unread: that is its business.
}

Outcome ChildProcess::finish() {
  m_inputEnds = true;
  while (exchange()) continue;
  closeEnd(m_in);
  int status = 0;
  while (waitpid(m_pid, &status, 0) < 0)
    if (errno != EINTR) check(errno, "waitpid");
  m_pid = -1;
  m_outcome.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return m_outcome;
}

Outcome runProcess(const Launch& launch, std::string_view input) {
  ChildProcess process(launch);
  process.writeInput(input);
  return process.finish();
}

}  // namespace heaptap::test
