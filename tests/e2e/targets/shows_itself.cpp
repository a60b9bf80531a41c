// SPDX-License-Identifier: Apache-2.0
// Writes down everything about its process that another one may notice, but for what differs from run to run.
#include <dirent.h>
#include <errno.h>
#include <fenv.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

extern char** environ;

namespace {

const int kErrnoAtFirst = errno;

bool isAnyOf(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* other) { return word == other; });
}

void showFile(const char* name) {
  printf("--- %s\n", name);
  FILE* const file = fopen((std::string("/proc/self/") + name).c_str(), "r");
  if (file == nullptr) return;
  char line[4096];
  while (fgets(line, sizeof line, file) != nullptr) fputs(line, stdout);
  fclose(file);
}

// What a process is and what it uses at the moment is no property of it, nor is what is left from the one
// that made it (FDSize).
void showStatus() {
  printf("--- status\n");
  FILE* const file = fopen("/proc/self/status", "r");
  char line[4096];
  while (fgets(line, sizeof line, file) != nullptr) {
    const std::string key(line, strcspn(line, ":"));
    const bool isSize = key.rfind("Vm", 0) == 0 && key != "VmLck" && key != "VmPin";
    if (isSize || key.rfind("Rss", 0) == 0 || key == "HugetlbPages") continue;
    if (isAnyOf(key, {"Pid", "PPid", "Tgid", "NStgid", "NSpid", "NSpgid", "NSsid", "Ngid", "FDSize",
                      "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches", "SigQ"}))
      continue;
    fputs(line, stdout);
  }
  fclose(file);
}

// Number, kind and flags; what is behind a pipe has another name each time.
void showDescriptors() {
  printf("--- descriptors\n");
  DIR* const folder = opendir("/proc/self/fd");
  std::vector<int> numbers;
  for (const dirent* entry = readdir(folder); entry != nullptr; entry = readdir(folder))
    if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(folder))
      numbers.push_back(atoi(entry->d_name));
  closedir(folder);
  std::sort(numbers.begin(), numbers.end());
  for (const int number : numbers) {
    struct stat status {};
    fstat(number, &status);
    printf("%d: kind %o\n", number, static_cast<unsigned>(status.st_mode & S_IFMT));
  }
}

void showEnvironment() {
  printf("--- environment\n");
  for (char** variable = environ; *variable != nullptr; ++variable)
    if (strncmp(*variable, "_=", 2) != 0 && strncmp(*variable, "LD_PRELOAD=", 11) != 0 &&
        strncmp(*variable, "HEAPTAP_", 8) != 0)
      printf("%s\n", *variable);
}

void showSignals() {
  printf("--- signals\n");
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) != 0) continue;
    if (action.sa_handler != SIG_DFL || action.sa_flags != 0)
      printf("%d: %s %x\n", number, action.sa_handler == SIG_IGN ? "ignored" : "handled",
             static_cast<unsigned>(action.sa_flags));
  }
  stack_t stack{};
  sigaltstack(nullptr, &stack);
  printf("signal stack %d\n", stack.ss_flags);
  for (const int timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) {
    itimerval value{};
    getitimer(static_cast<__itimer_which>(timer), &value);
    printf("timer %d: %ld\n", timer, value.it_value.tv_sec);
  }
}

void showSettings() {
  printf("--- settings\n");
  for (const int option : {PR_GET_DUMPABLE, PR_GET_KEEPCAPS, PR_GET_TIMERSLACK, PR_GET_SECUREBITS,
                           PR_MCE_KILL_GET, PR_GET_THP_DISABLE, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP})
    printf("prctl %d: %d\n", option, prctl(option, 0, 0, 0, 0));
  for (const int option : {PR_GET_PDEATHSIG, PR_GET_CHILD_SUBREAPER, PR_GET_TSC}) {
    int value = -1;
    prctl(option, &value, 0, 0, 0);
    printf("prctl %d: %d\n", option, value);
  }
  char name[17] = {};
  prctl(PR_GET_NAME, name);
  printf("name %s\n", name);
  sched_param parameter{};
  sched_getparam(0, &parameter);
  printf("scheduling %d %d, nice %d, io %ld\n", sched_getscheduler(0), parameter.sched_priority,
         getpriority(PRIO_PROCESS, 0), syscall(SYS_ioprio_get, 1, 0));
  printf("personality %x\n", static_cast<unsigned>(personality(0xFFFF'FFFF)));
  char folder[4096] = {};
  printf("folder %s\n", getcwd(folder, sizeof folder));
  printf("rounding %d, exceptions %x\n", fegetround(), static_cast<unsigned>(fetestexcept(FE_ALL_EXCEPT)));
  termios terminal{};
  printf("terminal %d\n", tcgetattr(0, &terminal) == 0 ? static_cast<int>(terminal.c_lflag) : -1);
  printf("errno %d\n", kErrnoAtFirst);
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) printf("argument %s\n", argv[i]);
  showStatus();
  for (const char* file : {"limits", "oom_score_adj", "coredump_filter", "timerslack_ns", "timers", "comm",
                           "loginuid", "cgroup", "task/self/children"})
    showFile(file);
  showDescriptors();
  showEnvironment();
  showSignals();
  showSettings();
}
