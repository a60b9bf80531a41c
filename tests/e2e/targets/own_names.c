// SPDX-License-Identifier: Apache-2.0
//
// A program, or with LIBRARY a preloaded library, that defines functions and variables with names of libc's
// which it does not use itself: whatever calls one of these functions ends the process with status 99, and
// the variables lead nowhere. Nothing else in the process calls them.
#define _GNU_SOURCE
#include <stddef.h>

// No header, which would declare them otherwise.
#define OWN(name) \
  __attribute__((visibility("default"))) long name(void) { return refuse(#name); }

static long kernel(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}
static long refuse(const char* name) {
  size_t length = 0;
  while (name[length] != 0) ++length;
  kernel(1, 2, (long)name, (long)length);  // write
  kernel(231, 99, 0, 0);                   // exit_group
  return 0;
}

OWN(dl_iterate_phdr)
OWN(dladdr)
OWN(dladdr1)
OWN(dlinfo)
OWN(dlvsym)
OWN(dlerror)
OWN(_dl_find_object)
OWN(_dl_debug_state)
OWN(gnu_get_libc_version)
OWN(clock_gettime)
OWN(clock_getres)
OWN(gettimeofday)
OWN(time)
OWN(nanosleep)
OWN(usleep)
OWN(clock_nanosleep)
OWN(getenv)
OWN(secure_getenv)
OWN(__secure_getenv)
OWN(setenv)
OWN(putenv)
OWN(unsetenv)
OWN(getauxval)
OWN(__getauxval)
OWN(memcpy)
OWN(memmove)
OWN(mempcpy)
OWN(memset)
OWN(memcmp)
OWN(bcmp)
OWN(memchr)
OWN(memrchr)
OWN(strlen)
OWN(strnlen)
OWN(strcmp)
OWN(strncmp)
OWN(strchr)
OWN(strrchr)
OWN(strcpy)
OWN(strncpy)
OWN(stpcpy)
OWN(strstr)
OWN(strtoul)
OWN(strtol)
OWN(atoi)
OWN(snprintf)
OWN(vsnprintf)
OWN(strerror)
OWN(sched_yield)
OWN(getpid)
OWN(gettid)
OWN(getppid)
OWN(getuid)
OWN(geteuid)
OWN(uname)
OWN(gethostname)
OWN(open)
OWN(open64)
OWN(openat)
OWN(read)
OWN(pread)
OWN(write)
OWN(writev)
OWN(close)
OWN(fcntl)
OWN(stat)
OWN(fstat)
OWN(readlink)
OWN(getcwd)
OWN(lseek)
OWN(ioctl)
OWN(ftruncate)
OWN(fallocate)
OWN(unlink)
OWN(socket)
OWN(connect)
OWN(sendmsg)
OWN(recvmsg)
OWN(poll)
OWN(setsockopt)
OWN(getsockopt)
OWN(shutdown)
OWN(mprotect)
OWN(madvise)
OWN(mlock)
OWN(msync)
OWN(memfd_create)
OWN(mincore)
OWN(sysconf)
OWN(getpagesize)
OWN(process_vm_readv)
OWN(getrlimit)
OWN(prlimit)
OWN(pthread_self)
OWN(pthread_mutex_lock)
OWN(pthread_mutex_trylock)
OWN(pthread_mutex_unlock)
OWN(pthread_once)
OWN(pthread_key_create)
OWN(pthread_getspecific)
OWN(pthread_setspecific)
OWN(pthread_atfork)
OWN(__register_atfork)
OWN(pthread_getattr_np)
OWN(pthread_sigmask)
OWN(sigprocmask)
OWN(sigaction)
OWN(sigaltstack)
OWN(raise)
OWN(kill)
OWN(tgkill)
OWN(abort)
OWN(__errno_location)
OWN(__assert_fail)
OWN(__stack_chk_fail)
OWN(__cxa_atexit)
OWN(atexit)
OWN(vfork)
OWN(clone)
OWN(execve)
OWN(waitpid)
OWN(wait4)
OWN(malloc_usable_size)
OWN(malloc_trim)
OWN(backtrace)
OWN(getcontext)
OWN(setcontext)
OWN(__sigsetjmp)

__attribute__((visibility("default"))) long _r_debug[8] = {1, 1, 1, 1, 1, 1, 1, 1};
__attribute__((visibility("default"))) void* __libc_stack_end = (void*)1;
__attribute__((visibility("default"))) void* _dl_argv = (void*)1;
__attribute__((visibility("default"))) char** environ = (char**)1;
__attribute__((visibility("default"))) char* program_invocation_name = (char*)1;
__attribute__((visibility("default"))) void* stderr = (void*)1;

#ifndef LIBRARY
void* malloc(size_t);
void* calloc(size_t, size_t);
void* realloc(void*, size_t);
void free(void*);
int pthread_create(unsigned long*, void*, void* (*)(void*), void*);
int pthread_join(unsigned long, void**);
int fork(void);
void* dlopen(const char*, int);
int dlclose(void*);
int prctl(int, ...);

void* volatile g_kept;

__attribute__((noinline)) void keeps(int count) {
  for (int i = 0; i < count; ++i) g_kept = malloc(64);
}
static void* inThread(void* nothing) {
  keeps(10);
  for (int i = 0; i < 100; ++i) free(g_kept = malloc(30));
  prctl(15, "named");  // PR_SET_NAME
  return nothing;
}

int main(int count, char** arguments) {
  keeps(100);
  g_kept = realloc(calloc(3, 10), 1000);
  free(g_kept);
  unsigned long thread = 0;
  if (pthread_create(&thread, NULL, inThread, NULL) != 0) return 1;
  pthread_join(thread, NULL);
  if (count > 1) {
    void* const library = dlopen(arguments[1], 2);
    if (library == NULL) return 2;
    dlclose(library);
  }
  const int child = fork();
  if (child == 0) {
    keeps(1);
    kernel(231, 0, 0, 0);
  }
  int status = -1;
  kernel(61, child, (long)&status, 0);  // wait4
  return status;
}
#endif
