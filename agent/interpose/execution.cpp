// SPDX-License-Identifier: Apache-2.0
//
// What executes another program. The relay sees that a process ends, or that its memory is gone, but not why,
// and a program that is not recorded says nothing: so it is noted beforehand what is to be executed. The real
// functions are called with unchanged arguments. What programs do by system calls of their own, without libc,
// the relay has to find out. syscall(2) is in thread_attributes.cpp.
//
// Called in the children of vfork, too, and in signal handlers: nothing here allocates, locks or writes to
// memory of the program.
#include <alloca.h>
#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/libc_errno.h"
#include "agent/interpose/next_function.h"

#define HEAPTAP_INTERPOSED extern "C" __attribute__((visibility("default")))

namespace {

using heaptap::interpose::nextFunction;
using heaptap::interpose::setErrno;

using Execute = int (*)(const char*, char* const*);
using ExecuteWith = int (*)(const char*, char* const*, char* const*);
using ExecuteFile = int (*)(int, char* const*, char* const*);
using ExecuteAt = int (*)(int, const char*, char* const*, char* const*, int);
using Spawn = int (*)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                      char* const*, char* const*);
constinit std::atomic<ExecuteWith> g_execve{nullptr};
constinit std::atomic<Execute> g_execv{nullptr};
constinit std::atomic<Execute> g_execvp{nullptr};
constinit std::atomic<ExecuteWith> g_execvpe{nullptr};
constinit std::atomic<ExecuteFile> g_fexecve{nullptr};
constinit std::atomic<ExecuteAt> g_execveat{nullptr};
using System = int (*)(const char*);
using OpenPipe = FILE* (*)(const char*, const char*);
constinit std::atomic<Spawn> g_spawn{nullptr};
constinit std::atomic<System> g_system{nullptr};
constinit std::atomic<OpenPipe> g_popen{nullptr};
constinit std::atomic<Spawn> g_spawnp{nullptr};

[[gnu::constructor]] void findRealFunctions() {
  nextFunction(g_execve, "execve");
  nextFunction(g_execv, "execv");
  nextFunction(g_execvp, "execvp");
  nextFunction(g_execvpe, "execvpe");
  nextFunction(g_fexecve, "fexecve");
  nextFunction(g_execveat, "execveat");
  nextFunction(g_spawn, "posix_spawn");
  nextFunction(g_spawnp, "posix_spawnp");
  nextFunction(g_system, "system");
  nextFunction(g_popen, "popen");
}

int unavailable() {
  setErrno(ENOSYS);
  return -1;
}

// Calls `execute`, which returns only when it fails.
template <class Call>
int executed(const char* path, int file, char* const* environment, Call&& execute, uint32_t how = 0) {
  const uint32_t token = heaptap_on_exec_begin(path, file, environment, how);
  const int result = execute();
  heaptap_on_exec_failed(token);
  return result;
}

int execute(std::atomic<Execute>& known, const char* name, const char* path, char* const* arguments) {
  const Execute next = nextFunction(known, name);
  if (next == nullptr) return unavailable();
  return executed(
      path, -1, nullptr, [&] { return next(path, arguments); }, HEAPTAP_EXEC_OWN_ENVIRONMENT);
}

int executeWith(std::atomic<ExecuteWith>& known, const char* name, const char* path, char* const* arguments,
                char* const* environment) {
  const ExecuteWith next = nextFunction(known, name);
  if (next == nullptr) return unavailable();
  return executed(path, -1, environment, [&] { return next(path, arguments, environment); });
}

int spawn(Spawn next, pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
          const posix_spawnattr_t* attributes, char* const* arguments, char* const* environment) {
  if (next == nullptr) return ENOSYS;
  const uint32_t token = heaptap_on_exec_begin(path, -1, environment, HEAPTAP_EXEC_IN_CHILD);
  pid_t child = 0;
  const int result = next(&child, path, actions, attributes, arguments, environment);
  if (result == 0 && pid != nullptr) *pid = child;
  if (result == 0)
    heaptap_on_spawned(token, static_cast<uint32_t>(child));
  else
    heaptap_on_exec_failed(token);
  return result;
}

uint32_t noteShell() {
  return heaptap_on_exec_begin("/bin/sh", -1, nullptr,
                               HEAPTAP_EXEC_IN_UNNAMED_CHILD | HEAPTAP_EXEC_OWN_ENVIRONMENT);
}

// The arguments of a function that takes them one by one, up to the null pointer: room for them, …
std::size_t bytesFor(const char* first, va_list* rest) {
  std::size_t count = 1;
  va_list copy;
  va_copy(copy, *rest);
  for (const char* argument = first; argument != nullptr; ++count) argument = va_arg(copy, const char*);
  va_end(copy);
  return count * sizeof(char*);
}

// … and the list. Whatever follows is left in `rest`.
char** gather(void* room, const char* first, va_list* rest) {
  auto* const arguments = static_cast<char**>(room);
  std::size_t count = 0;
  arguments[count] = const_cast<char*>(first);
  while (arguments[count] != nullptr) arguments[++count] = va_arg(*rest, char*);
  return arguments;
}

}  // namespace

HEAPTAP_INTERPOSED int execve(const char* path, char* const* arguments, char* const* environment) noexcept {
  return executeWith(g_execve, "execve", path, arguments, environment);
}

HEAPTAP_INTERPOSED int execv(const char* path, char* const* arguments) noexcept {
  return execute(g_execv, "execv", path, arguments);
}

HEAPTAP_INTERPOSED int execvp(const char* file, char* const* arguments) noexcept {
  return execute(g_execvp, "execvp", file, arguments);
}

HEAPTAP_INTERPOSED int execvpe(const char* file, char* const* arguments, char* const* environment) noexcept {
  return executeWith(g_execvpe, "execvpe", file, arguments, environment);
}

HEAPTAP_INTERPOSED int fexecve(int file, char* const* arguments, char* const* environment) noexcept {
  const ExecuteFile next = nextFunction(g_fexecve, "fexecve");
  if (next == nullptr) return unavailable();
  return executed(nullptr, file, environment, [&] { return next(file, arguments, environment); });
}

HEAPTAP_INTERPOSED int execveat(int folder, const char* path, char* const* arguments,
                                char* const* environment, int flags) noexcept {
  const ExecuteAt next = nextFunction(g_execveat, "execveat");
  if (next == nullptr) return unavailable();
  return executed(path, folder, environment,
                  [&] { return next(folder, path, arguments, environment, flags); });
}

HEAPTAP_INTERPOSED int execl(const char* path, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  char** const arguments = gather(alloca(bytesFor(first, &rest)), first, &rest);
  va_end(rest);
  return execute(g_execv, "execv", path, arguments);
}

HEAPTAP_INTERPOSED int execlp(const char* file, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  char** const arguments = gather(alloca(bytesFor(first, &rest)), first, &rest);
  va_end(rest);
  return execute(g_execvp, "execvp", file, arguments);
}

HEAPTAP_INTERPOSED int execle(const char* path, const char* first, ...) noexcept {
  va_list rest;
  va_start(rest, first);
  char** const arguments = gather(alloca(bytesFor(first, &rest)), first, &rest);
  char* const* const environment = va_arg(rest, char* const*);
  va_end(rest);
  return executeWith(g_execve, "execve", path, arguments, environment);
}

HEAPTAP_INTERPOSED int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                                   const posix_spawnattr_t* attributes, char* const* arguments,
                                   char* const* environment) {
  return spawn(nextFunction(g_spawn, "posix_spawn"), pid, path, actions, attributes, arguments, environment);
}

HEAPTAP_INTERPOSED int posix_spawnp(pid_t* pid, const char* file, const posix_spawn_file_actions_t* actions,
                                    const posix_spawnattr_t* attributes, char* const* arguments,
                                    char* const* environment) {
  return spawn(nextFunction(g_spawnp, "posix_spawnp"), pid, file, actions, attributes, arguments,
               environment);
}

// libc starts the shell itself, past these functions. What the shell executes, it says itself, if it is
// recorded.
HEAPTAP_INTERPOSED int system(const char* command) {
  const System next = nextFunction(g_system, "system");
  if (next == nullptr) return unavailable();
  if (command == nullptr) return next(command);
  const uint32_t token = noteShell();
  const int status = next(command);
  if (status == -1) heaptap_on_exec_failed(token);
  return status;
}

HEAPTAP_INTERPOSED FILE* popen(const char* command, const char* type) {
  const OpenPipe next = nextFunction(g_popen, "popen");
  if (next == nullptr) {
    setErrno(ENOSYS);
    return nullptr;
  }
  const uint32_t token = noteShell();
  FILE* const stream = next(command, type);
  if (stream == nullptr) heaptap_on_exec_failed(token);
  return stream;
}
