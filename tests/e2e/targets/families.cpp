// SPDX-License-Identifier: Apache-2.0
// Makes other processes in the way that the first argument says. Every process here leaks blocks of a size of
// its own from `leak`, so that a test can tell them apart: 1000 bytes the first, 3000 a child, 9000 a
// grandchild.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "sink.h"

namespace {

constexpr int kInherited = 5;
void* g_inherited[kInherited];

void leak(int count, size_t size) {
  for (int i = 0; i < count; ++i) use(malloc(size));
}

void freeInherited() {
  for (void* block : g_inherited) free(block);
}

// What a child does: 20 blocks leaked, 30 temporaries, and the end of what it inherited.
void liveAsChild(size_t size) {
  leak(20, size);
  for (int i = 0; i < 30; ++i) free(use(malloc(64)));
  freeInherited();
}

int statusOf(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) != child) {
    if (errno != EINTR) return 99;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

std::string sibling(const char* self, const char* name) {
  const std::string path = self;
  return path.substr(0, path.rfind('/') + 1) + name;
}

int byVfork(const std::string& program) {
  const pid_t child = vfork();
  if (child == 0) {
    execl(program.c_str(), program.c_str(), nullptr);
    _exit(98);
  }
  return statusOf(child);
}

int bySpawn(const std::string& program) {
  pid_t child = -1;
  std::string name = program;
  char* argv[] = {name.data(), nullptr};
  return posix_spawn(&child, name.c_str(), nullptr, nullptr, argv, environ) != 0 ? 97 : statusOf(child);
}

int byRawClone() {
  const auto child = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (child == 0) {
    liveAsChild(3000);
    _exit(0);
  }
  return statusOf(child);
}

// Each process makes two more, down to the last level, and each is waited for.
int bomb(int levels) {
  if (levels == 0) return 0;
  pid_t children[2];
  for (pid_t& child : children) {
    child = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    if (child == 0) {
      leak(20, 3000);
      _exit(bomb(levels - 1));
    }
  }
  int result = 0;
  for (const pid_t child : children) result += child < 0 ? 89 : statusOf(child);
  return result;
}

// The child uses its parent's memory and its parent's heap, so what it allocates is its parent's to have.
int allocateInVfork() {
  const pid_t child = vfork();
  if (child == 0) {
    for (int i = 0; i < 30; ++i) free(use(malloc(64)));
    leak(5, 1000);
    _exit(0);
  }
  return statusOf(child);
}

int byFork(void (*prepare)(), int children, bool together) {
  pid_t pids[64] = {};
  for (int i = 0; i < children; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      if (prepare != nullptr) prepare();
      liveAsChild(3000);
      _exit(0);
    }
    if (together)
      pids[i] = child;
    else if (statusOf(child) != 0)
      return 96;
  }
  for (int i = 0; together && i < children; ++i)
    if (statusOf(pids[i]) != 0) return 96;
  return 0;
}

void closeEverything() {
  for (int i = 0; i < 256; ++i) close(i);
}

// Away from where anything of the outside can be found.
void lockUp() {
  char empty[] = "/tmp/heaptap-empty-XXXXXX";
  if (mkdtemp(empty) == nullptr) _exit(95);
  if (geteuid() != 0 && unshare(CLONE_NEWUSER) != 0) _exit(77);
  const int outside = open("/tmp", O_RDONLY | O_DIRECTORY);
  if (chroot(empty) != 0 || chdir("/") != 0) _exit(77);
  unlinkat(outside, empty + 5, AT_REMOVEDIR);
  close(outside);
}

// Double fork, as a daemon does it; the first process is gone before the daemon allocates anything.
int daemonize(const char* sign) {
  int gone[2];
  if (pipe(gone) != 0) return 94;
  const pid_t child = fork();
  if (child > 0) return statusOf(child);
  setsid();
  if (fork() != 0) _exit(0);
  close(gone[1]);
  char c = 0;
  while (read(gone[0], &c, 1) > 0) {
  }
  if (chdir("/") != 0) _exit(93);
  closeEverything();
  liveAsChild(9000);
  const int file = open(sign, O_CREAT | O_WRONLY, 0600);
  close(file);
  _exit(0);
}

std::atomic<bool> g_stop{false};
void* churn(void*) {
  while (!g_stop.load()) free(use(malloc(128)));
  return nullptr;
}

int vforkAmongThreads() {
  pthread_t threads[4];
  for (pthread_t& thread : threads) pthread_create(&thread, nullptr, churn, nullptr);
  int result = 0;
  for (int i = 0; i < 20; ++i) result += allocateInVfork();
  g_stop.store(true);
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
  return result;
}

int fromManyThreads() {
  pthread_t threads[4];
  for (pthread_t& thread : threads) pthread_create(&thread, nullptr, churn, nullptr);
  const int result = byFork(nullptr, 20, false);
  g_stop.store(true);
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
  return result;
}

void* forkHere(void* result) {
  *static_cast<int*>(result) = byFork(nullptr, 1, false);
  return nullptr;
}

int fromAnotherThread() {
  int result = 92;
  pthread_t thread;
  pthread_create(&thread, nullptr, forkHere, &result);
  pthread_join(thread, nullptr);
  return result;
}

pthread_barrier_t g_barrier;
void* leakAtOnce(void*) {
  pthread_barrier_wait(&g_barrier);
  leak(5, 3000);
  return nullptr;
}

// The threads of the child are its first to allocate, all at once: their stacks are left from the parent.
int threadsFirst() {
  pthread_t threads[4];
  const auto together = [&threads] {
    pthread_barrier_init(&g_barrier, nullptr, 4);
    for (pthread_t& thread : threads) pthread_create(&thread, nullptr, leakAtOnce, nullptr);
    for (pthread_t thread : threads) pthread_join(thread, nullptr);
  };
  together();
  const pid_t child = fork();
  if (child == 0) {
    together();
    _exit(0);
  }
  return statusOf(child);
}

int grandchildren() {
  for (int i = 0; i < 2; ++i) {
    const pid_t child = fork();
    if (child > 0) {
      if (statusOf(child) != 0) return 91;
      continue;
    }
    leak(20, 3000);
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      liveAsChild(9000);
      _exit(0);
    }
    _exit(statusOf(grandchild));
  }
  return 0;
}

int nextImage(char* self, int left) {
  if (left == 0) return 0;
  std::string rest = std::to_string(left - 1);
  char way[] = "exec-chain";
  char* argv[] = {self, way, rest.data(), nullptr};
  execv(self, argv);
  return 90;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const std::string way = arguments[1];
  const std::string argument = count > 2 ? arguments[2] : "";
  if (way == "close-first") closefrom(3);
  leak(10, 1000);
  for (void*& block : g_inherited) block = use(malloc(500));
  const std::string program = sibling(arguments[0], "known_heap");
  if (way == "close-first") return 0;
  if (way == "vfork") return byVfork(program);
  if (way == "spawn") return bySpawn(program);
  if (way == "raw-clone") return byRawClone();
  if (way == "bomb") return bomb(atoi(argument.c_str()));
  if (way == "allocate-in-vfork") return allocateInVfork();
  if (way == "vfork-among-threads") return vforkAmongThreads();
  if (way == "loop") return byFork(nullptr, atoi(argument.c_str()), false);
  if (way == "together") return byFork(nullptr, 40, true);
  if (way == "setsid") return byFork([] { setsid(); }, 1, false);
  if (way == "no-descriptors") return byFork(closeEverything, 1, false);
  if (way == "chroot") return byFork(lockUp, 1, false) == 0 ? 0 : 77;
  if (way == "daemon") return daemonize(argument.c_str());
  if (way == "many-threads") return fromManyThreads();
  if (way == "another-thread") return fromAnotherThread();
  if (way == "threads-first") return threadsFirst();
  if (way == "grandchildren") return grandchildren();
  if (way == "exec-chain") return nextImage(arguments[0], argument.empty() ? 3 : atoi(argument.c_str()));
  if (way == "clear-environment") {
    clearenv();
    return byVfork(program);
  }
  return 2;
}
