/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEAPTAP_H
#define HEAPTAP_H

/*
 * What a program can tell heaptap about itself. Include this header, link nothing: where the program is not
 * recorded, all functions do nothing. For C99 and C++11, with a libc that has dlsym.
 *
 *   heaptap_mark("level loaded");   a named moment, shown in reports and in the viewer
 *   heaptap_snapshot("before save");  the same, and the live heap by site as it is then
 *   heaptap_pause();                from here on allocations are not recorded, frees of recorded blocks are
 *   heaptap_resume();
 *
 * Threads: any. The first call of each looks a symbol up, which may allocate; all others may be made in
 * signal handlers. errno is kept. Pausing does not nest, and is of the whole process.
 */

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum heaptap_request {
  HEAPTAP_REQUEST_IS_RECORDING = 0,
  HEAPTAP_REQUEST_PAUSE = 1,
  HEAPTAP_REQUEST_RESUME = 2,
  HEAPTAP_REQUEST_MARK = 3,
  HEAPTAP_REQUEST_SNAPSHOT = 4
};

/* Not for direct use: asks the library that records this process. 0: there is none, or it refused. */
static inline uint32_t heaptap_ask(enum heaptap_request what, const char* name) {
  typedef uint32_t (*heaptap_answer)(uint32_t, const char*); /* NOLINT(modernize-use-using) */
  static heaptap_answer answer;
  static int looked;
  heaptap_answer found = NULL;
  const int before = errno;
  uint32_t result = 0;
  if (__atomic_load_n(&looked, __ATOMIC_ACQUIRE) == 0) {
    void* const symbol = dlsym(NULL, "heaptap_request") /* NULL is RTLD_DEFAULT */;
    __builtin_memcpy(&found, &symbol, sizeof found);
    __atomic_store_n(&answer, found, __ATOMIC_RELAXED);
    __atomic_store_n(&looked, 1, __ATOMIC_RELEASE);
  }
  found = __atomic_load_n(&answer, __ATOMIC_RELAXED);
  if (found != NULL) result = found(what, name);
  errno = before;
  return result;
}

/* Whether this process is recorded at the moment: neither paused nor stopped. */
static inline int heaptap_is_recording(void) { return heaptap_ask(HEAPTAP_REQUEST_IS_RECORDING, NULL) != 0; }
static inline void heaptap_pause(void) { (void)heaptap_ask(HEAPTAP_REQUEST_PAUSE, NULL); }
static inline void heaptap_resume(void) { (void)heaptap_ask(HEAPTAP_REQUEST_RESUME, NULL); }
/* `name`: UTF-8, up to 255 bytes of it are kept. It is copied. */
static inline void heaptap_mark(const char* name) { (void)heaptap_ask(HEAPTAP_REQUEST_MARK, name); }
/* A mark, and the whole heap as it is then, to be looked at later. */
static inline void heaptap_snapshot(const char* name) { (void)heaptap_ask(HEAPTAP_REQUEST_SNAPSHOT, name); }

#ifdef __cplusplus
}
#endif

#endif
