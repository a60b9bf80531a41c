// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/unique_fd.h"
#include "cli/doctor/checks.h"

extern char** environ;

namespace heaptap::cli {

Result<std::string> outputOf(const std::vector<std::string>& argv) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return systemFailure(Code::CannotExecute, argv.front(), "no pipe for it");
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  const int error = posix_spawn(&process, words.front(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  writing.reset();
  if (error != 0) {
    errno = error;
    return systemFailure(Code::CannotExecute, argv.front(), "cannot be executed");
  }

  std::string output;
  std::array<char, 4096> piece{};
  for (ssize_t size = 0; (size = read(reading.get(), piece.data(), piece.size())) != 0;) {
    if (size > 0) output.append(piece.data(), static_cast<std::size_t>(size));
    if (size < 0 && errno != EINTR) break;
  }
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
  return output;
}

}  // namespace heaptap::cli
