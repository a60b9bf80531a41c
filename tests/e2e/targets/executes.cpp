// SPDX-License-Identifier: Apache-2.0
//
// Executes the program that the second argument names, by the function that the first one names, with one
// argument. Ends with 77 when that fails, except where it must.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>

namespace {

/// Each way fails, with the error that it has without heaptap; then the program ends by itself.
int failEverywhere() {
  char none[] = "/nowhere/at-all";
  char* arguments[] = {none, nullptr};
  auto* const bad = reinterpret_cast<char*>(8);
  auto** const badList = reinterpret_cast<char**>(8);
  char* badEntries[] = {bad, nullptr};
  pid_t child = 0;
  int wrong = 0;
  const auto expect = [&wrong](int error, int result) {
    if (result != -1 || errno != error) ++wrong;
    errno = 0;
  };
  expect(ENOENT, execv(none, arguments));
  expect(ENOENT, execve(none, arguments, environ));
  expect(ENOENT, execvp(none, arguments));
  expect(ENOENT, execvpe(none, arguments, environ));
  expect(ENOENT, execl(none, none, nullptr));
  expect(ENOENT, execlp(none, none, nullptr));
  expect(ENOENT, execle(none, none, nullptr, environ));
  expect(EFAULT, execve(bad, arguments, environ));
  expect(EFAULT, execve("/bin/true", badList, environ));
  expect(EFAULT, execve("/bin/true", arguments, badList));
  expect(EFAULT, execve("/bin/true", arguments, badEntries));
  expect(EBADF, execveat(-5, "x", arguments, environ, 0));
  if (posix_spawn(&child, none, nullptr, nullptr, arguments, environ) != ENOENT) ++wrong;
  if (posix_spawnp(&child, none, nullptr, nullptr, arguments, environ) != ENOENT) ++wrong;
  return wrong;
}

/// socket(2) fails from now on, in what is executed too.
bool forbidSockets() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog filter{std::size(code), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

/// Without libc.
void executeByInstruction(const char* program, char** arguments, char** environment) {
  long result = SYS_execve;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(program), "S"(arguments), "d"(environment)
               : "rcx", "r11", "memory");
}

int exitStatusIn(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 77; }

int runShell(const char* command) { return exitStatusIn(system(command)); }

int readShell(const char* command) {
  FILE* const stream = popen(command, "r");
  if (stream == nullptr) return 77;
  for (int letter = fgetc(stream); letter != EOF; letter = fgetc(stream)) putchar(letter);
  return exitStatusIn(pclose(stream));
}

int waitFor(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 77;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 78;
  const std::string way = argv[1];
  if (way == "fail") return failEverywhere();
  if (argc < 3) return 78;
  const char* const program = argv[2];
  char word[] = "word";
  char* arguments[] = {argv[2], word, nullptr};
  char* noEnvironment[] = {nullptr};
  pid_t child = 0;
  if (way == "without-sockets") {
    if (!forbidSockets()) return 79;
    execv(program, argv + 2);
  }
  if (way == "execv") execv(program, arguments);
  if (way == "execve") execve(program, arguments, environ);
  if (way == "execvp") execvp(program, arguments);
  if (way == "execvpe") execvpe(program, arguments, environ);
  if (way == "execl") execl(program, program, word, nullptr);
  if (way == "execlp") execlp(program, program, word, nullptr);
  if (way == "execle") execle(program, program, word, nullptr, environ);
  if (way == "fexecve") fexecve(open(program, O_RDONLY | O_CLOEXEC), arguments, environ);
  if (way == "execveat") execveat(AT_FDCWD, program, arguments, environ, 0);
  if (way == "bare-execve") execve(program, arguments, noEnvironment);
  if (way == "bare-execle") execle(program, program, word, nullptr, noEnvironment);
  if (way == "bare-fexecve") fexecve(open(program, O_RDONLY | O_CLOEXEC), arguments, noEnvironment);
  if (way == "bare-execveat")
    execveat(open(program, O_PATH | O_CLOEXEC), "", arguments, noEnvironment, AT_EMPTY_PATH);
  if (way == "syscall-execve") syscall(SYS_execve, program, arguments, environ);
  if (way == "bare-syscall-execve") syscall(SYS_execve, program, arguments, noEnvironment);
  if (way == "bare-syscall-execveat") syscall(SYS_execveat, AT_FDCWD, program, arguments, noEnvironment, 0);
  if (way == "bare-raw") executeByInstruction(program, argv + 2, noEnvironment);
  if (way == "system") return runShell(program);
  if (way == "popen") return readShell(program);
  if (way == "bare-system" && unsetenv("LD_PRELOAD") == 0) return runShell(program);
  if (way == "bare-popen" && unsetenv("LD_PRELOAD") == 0) return readShell(program);
  if (way == "bare-spawn" && posix_spawn(&child, program, nullptr, nullptr, arguments, noEnvironment) == 0)
    return waitFor(child);
  if (way == "spawn" && posix_spawn(&child, program, nullptr, nullptr, arguments, environ) == 0)
    return waitFor(child);
  if (way == "spawnp" && posix_spawnp(&child, program, nullptr, nullptr, arguments, environ) == 0)
    return waitFor(child);
  return 77;
}
