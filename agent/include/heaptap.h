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
 * An allocator of the program's own has a name, and says what it hands out and what it gets back:
 *   static heaptap_heap textures;                        once: textures = heaptap_register_heap("textures");
 *   heaptap_allocated(textures, p, size);                before p is handed out
 *   heaptap_freed(textures, p);                          before p may be handed out again
 *
 * A part of the program, such as one test, can be asked whether it leaks; <heaptap/gtest.h> and
 * <heaptap/catch2.h> do so for each test:
 *   uint32_t span = heaptap_span_begin();                first
 *   heaptap_span_leaks(span, &leaks);                    what of the span is still live, and cannot be
 * reached
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

/* Not for direct use: sends a request to the library that records this process. Returns 0 when there is none,
   or when it refused. */
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

/* Returns 1 while this process is recorded, and is neither paused nor stopped. */
static inline int heaptap_is_recording(void) { return heaptap_ask(HEAPTAP_REQUEST_IS_RECORDING, NULL) != 0; }
static inline void heaptap_pause(void) { (void)heaptap_ask(HEAPTAP_REQUEST_PAUSE, NULL); }
static inline void heaptap_resume(void) { (void)heaptap_ask(HEAPTAP_REQUEST_RESUME, NULL); }
/* Names this moment. `name` is UTF-8 and is copied; up to 255 bytes of it are kept. */
static inline void heaptap_mark(const char* name) { (void)heaptap_ask(HEAPTAP_REQUEST_MARK, name); }
/* Names this moment, and keeps the live heap of it by site. */
static inline void heaptap_snapshot(const char* name) { (void)heaptap_ask(HEAPTAP_REQUEST_SNAPSHOT, name); }

/* Not for direct use: returns the function `name`, which is looked up once. NULL: nothing records this
 * process. */
static inline void* heaptap_look_up(const char* name, void** known, int* looked) {
  if (__atomic_load_n(looked, __ATOMIC_ACQUIRE) == 0) {
    const int before = errno;
    __atomic_store_n(known, dlsym(NULL, name) /* NULL is RTLD_DEFAULT */, __ATOMIC_RELAXED);
    __atomic_store_n(looked, 1, __ATOMIC_RELEASE);
    errno = before;
  }
  return __atomic_load_n(known, __ATOMIC_RELAXED);
}

/* What is known of a span's leaks. */
enum heaptap_leaks_status {
  HEAPTAP_LEAKS_UNRECORDED = 0, /* This process is not recorded: nothing is known. */
  HEAPTAP_LEAKS_KNOWN = 1,
  HEAPTAP_LEAKS_UNKNOWN = 2 /* The text says why, in one line. */
};

#define HEAPTAP_LEAKS_TEXT 16384

/* Blocks that malloc or operator new has made since a span began, in whatever thread, that are live and to
   which nothing in the process points: no variable, no stack, and no block that something points to. What a
   program keeps for later, such as a cache or the only object of a class, is no leak. */
struct heaptap_leaks {
  uint64_t blocks;
  uint64_t bytes; /* As requested. */
  /* Where they were allocated: for each place a line "BYTES BLOCKS", then its stack, innermost first, a line
     "FUNCTION\tFILE\tLINE\tMODULE" for each function, with nothing for what is not known, then an empty line.
     Code without a name has the FUNCTION MODULE+0xOFFSET. Most bytes first; what finds no room is left out.
   */
  char text[HEAPTAP_LEAKS_TEXT + 1];
};

/* A span begins here. Returns its number, 0 where this process is not recorded. Of a program's spans, the
   last 4,096 are known. */
static inline uint32_t heaptap_span_begin(void) {
  typedef uint32_t (*heaptap_begin)(void); /* NOLINT(modernize-use-using) */
  static void* known;
  static int looked;
  heaptap_begin function = NULL;
  void* const symbol = heaptap_look_up("heaptap_span_new", &known, &looked);
  __builtin_memcpy(&function, &symbol, sizeof function);
  return function != NULL ? function() : 0;
}

/* Not for direct use: what is asked about a span. */
enum heaptap_span_question { HEAPTAP_SPAN_LEAKS = 0, HEAPTAP_SPAN_LIVE = 1 };

/* Not for direct use: asks. `stack`: from here upwards the thread's stack may point to blocks. */
static inline uint32_t heaptap_span_ask(uint32_t span, enum heaptap_span_question what, const void* stack,
                                        struct heaptap_leaks* leaks) {
  typedef uint32_t (*heaptap_question)(uint32_t, uint32_t, const void*, /* NOLINT(modernize-use-using) */
                                       struct heaptap_leaks*);
  static void* known;
  static int looked;
  heaptap_question function = NULL;
  void* symbol = NULL;
  leaks->blocks = 0;
  leaks->bytes = 0;
  leaks->text[0] = 0;
  if (span == 0) return HEAPTAP_LEAKS_UNRECORDED;
  symbol = heaptap_look_up("heaptap_span_left", &known, &looked);
  __builtin_memcpy(&function, &symbol, sizeof function);
  if (function == NULL) return HEAPTAP_LEAKS_UNRECORDED;
  return function(span, what, stack, leaks);
}

/* Asks what has leaked of a span so far; may be asked again. Returns a heaptap_leaks_status, and fills
   `leaks`. Waits for the answer: some milliseconds, or seconds where the program has gigabytes to look
   through. Not for signal handlers. Local variables of the calling function do not count as pointing to a
   block. */
static inline __attribute__((always_inline)) uint32_t heaptap_span_leaks(uint32_t span,
                                                                         struct heaptap_leaks* leaks) {
  return heaptap_span_ask(span, HEAPTAP_SPAN_LEAKS, __builtin_frame_address(0), leaks);
}
/* The same of all blocks of the span that are live, whether something points to them or not. */
static inline uint32_t heaptap_span_live(uint32_t span, struct heaptap_leaks* leaks) {
  return heaptap_span_ask(span, HEAPTAP_SPAN_LIVE, NULL, leaks);
}

/* A heap with blocks and counts of its own, beside malloc's. */
typedef uint32_t heaptap_heap; /* NOLINT(modernize-use-using) */

/* Returns the heap of this name, of which up to 255 bytes are kept. Equal names are one heap. Returns 0 when
   nothing is recorded, or when the program has named more than 1,022 heaps; reports of heap 0 are ignored.
   Call it once for each heap, not for each report. */
static inline heaptap_heap heaptap_register_heap(const char* name) {
  typedef uint32_t (*heaptap_name)(const char*); /* NOLINT(modernize-use-using) */
  static void* known;
  static int looked;
  heaptap_name function = NULL;
  void* const symbol = heaptap_look_up("heaptap_heap_named", &known, &looked);
  __builtin_memcpy(&function, &symbol, sizeof function);
  return function != NULL ? function(name) : 0;
}

/* Reports that `block` of `size` bytes was allocated from the heap. Call it before the address is handed out,
   in the allocator's own function, not in one that it calls for it: the recorded stack begins there. */
static inline __attribute__((always_inline)) void heaptap_allocated(heaptap_heap heap, const void* block,
                                                                    size_t size) {
  typedef void (*heaptap_report)(uint32_t, const void*, size_t); /* NOLINT(modernize-use-using) */
  static void* known;
  static int looked;
  heaptap_report function = NULL;
  void* symbol = NULL;
  if (heap == 0) return;
  symbol = heaptap_look_up("heaptap_heap_allocated", &known, &looked);
  __builtin_memcpy(&function, &symbol, sizeof function);
  if (function != NULL) function(heap, block, size);
  __asm__ volatile(""); /* No tail call: the caller's frame must be there. */
}

/* Reports that `block` is freed. Call it before the address can be handed out again. */
static inline __attribute__((always_inline)) void heaptap_freed(heaptap_heap heap, const void* block) {
  typedef void (*heaptap_report)(uint32_t, const void*); /* NOLINT(modernize-use-using) */
  static void* known;
  static int looked;
  heaptap_report function = NULL;
  void* symbol = NULL;
  if (heap == 0) return;
  symbol = heaptap_look_up("heaptap_heap_freed", &known, &looked);
  __builtin_memcpy(&function, &symbol, sizeof function);
  if (function != NULL) function(heap, block);
  __asm__ volatile(""); /* No tail call: the caller's frame must be there. */
}

#ifdef __cplusplus
}

namespace heaptap {

/// A heap with a name, as a member of a C++ allocator: `static const heaptap::NamedHeap
/// textures("textures");` Threads: any. Costs a compare where nothing is recorded.
class NamedHeap {
 public:
  explicit NamedHeap(const char* name) noexcept : m_heap(heaptap_register_heap(name)) {}

  /// Reports an allocation, before the address is handed out.
  __attribute__((always_inline)) void allocated(const void* block, size_t size) const noexcept {
    heaptap_allocated(m_heap, block, size);
  }
  /// Reports a free, before the address can be handed out again.
  __attribute__((always_inline)) void freed(const void* block) const noexcept {
    heaptap_freed(m_heap, block);
  }

 private:
  heaptap_heap m_heap;
};

}  // namespace heaptap
#endif

#endif
