// SPDX-License-Identifier: Apache-2.0
//
// Sets itself a limit once it runs, and says what comes of all that it then does.
//   limits_itself LIMIT   see kLimits
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Limit {
  const char* name;
  decltype(RLIMIT_AS) resource;
  rlim_t value;  ///< 0: what the program has now.
  bool asAnotherUser = false;
};
constexpr Limit kLimits[] = {{"address-space", RLIMIT_AS, rlim_t{6} << 30},
                             {"no-more-address-space", RLIMIT_AS, 0},
                             {"data", RLIMIT_DATA, rlim_t{2} << 30},
                             {"descriptors", RLIMIT_NOFILE, 16},
                             {"no-more-descriptors", RLIMIT_NOFILE, 3},
                             {"processes", RLIMIT_NPROC, 1, true},
                             {"stack", RLIMIT_STACK, 1 << 20},
                             {"locked-memory", RLIMIT_MEMLOCK, 64 << 10, true},
                             {"file-size", RLIMIT_FSIZE, 4096},
                             {"pending-signals", RLIMIT_SIGPENDING, 0, true},
                             {"cpu", RLIMIT_CPU, 60}};

void* volatile g_block;

bool allocate(int count, std::size_t bytes) {
  for (int i = 0; i < count; ++i) {
    g_block = std::malloc(bytes);
    if (g_block == nullptr) return false;
    std::free(g_block);
  }
  return true;
}

void* allocateInThread(void* argument) { return allocate(1000, 100) ? argument : nullptr; }

rlim_t addressSpace() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  const bool isRead = file != nullptr && std::fscanf(file, "%lu", &pages) == 1;
  if (file != nullptr) std::fclose(file);
  return isRead ? pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) : 0;
}

void say(const char* what, bool succeeded, int error) {
  std::printf("%s: %s\n", what, succeeded ? "done" : std::strerror(error));
}

void work() {
  say("small blocks", allocate(10, 100), errno);
  say("a large block", allocate(1, std::size_t{64} << 20), errno);

  int opened = 0;
  int files[64];
  while (opened < 64 && (files[opened] = open("/dev/null", O_RDONLY)) >= 0) ++opened;
  std::printf("files: %d, then %s\n", opened, opened < 64 ? std::strerror(errno) : "no more");
  while (opened > 0) close(files[--opened]);

  for (int i = 0; i < 3; ++i) {
    pthread_t thread;
    void* result = nullptr;
    const int error = pthread_create(&thread, nullptr, allocateInThread, &opened);
    if (error == 0) pthread_join(thread, &result);
    say("a thread", error == 0, error);
    if (error == 0) say("its blocks", result != nullptr, ENOMEM);
  }

  const int file = memfd_create("file", 0);
  static char bytes[8192];
  const long written = write(file, bytes, sizeof bytes);
  std::printf("written: %ld\n", written);
  if (written == 4096) say("the rest", write(file, bytes, sizeof bytes) > 0, errno);
  close(file);

  say("locking", mlock(bytes, sizeof bytes) == 0, errno);
  char* const large = static_cast<char*>(
      mmap(nullptr, 256 << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  say("mapping", large != MAP_FAILED, errno);
  if (large != MAP_FAILED) say("locking more", mlock(large, 256 << 10) == 0, errno);

  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) _exit(allocate(10, 100) ? 7 : 8);
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  say("forking", child > 0, errno);
  if (child > 0) std::printf("its status: %d\n", WEXITSTATUS(status));
}

}  // namespace

int main(int count, char** arguments) {
  std::signal(SIGXFSZ, SIG_IGN);
  allocate(100, 100);
  for (const Limit& limit : kLimits) {
    if (count != 2 || std::strcmp(limit.name, arguments[1]) != 0) continue;
    // Of root nothing is limited by these.
    if (limit.asAnotherUser && geteuid() == 0 && setuid(64998) != 0) return 3;
    rlimit set{limit.value, limit.value};
    if (limit.resource == RLIMIT_AS && limit.value == 0) set.rlim_cur = set.rlim_max = addressSpace();
    if (setrlimit(limit.resource, &set) != 0) return 4;
    work();
    return 0;
  }
  return 2;
}
