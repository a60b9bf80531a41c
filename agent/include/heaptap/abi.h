/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The C interface of libheaptap.so.1: how an allocator reports what it does. An allocator that is compiled
 * into a program finds it at run time, without linking it, by <heaptap/alloc/agent.h>, or by dlsym() of
 * heaptap_agent_of().
 *
 * Threads: all functions may be called from any thread, before constructors, after destructors and in signal
 * handlers. They keep errno and never allocate, throw or abort. The caller owns all memory that it passes,
 * and may reuse it after the call.
 *
 * An allocator may be built on another one that reports too. Between heaptap_enter_layer() and
 * heaptap_leave_layer() only the outer allocator reports: an allocation after it has left the layer, a free
 * before it enters one. The library keeps one record of layers for each thread, shared by the interposed
 * malloc and by all allocators that are compiled in.
 *
 * `from` is the place where the program called the allocator, from heaptap_caller(). When it is NULL, the
 * stack begins at the caller of the function itself; reports leave out the frames of allocators by name.
 */
#ifdef __cplusplus
#define HEAPTAP_NOEXCEPT noexcept
extern "C" {
/* C has no other casts. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#else
#define HEAPTAP_NOEXCEPT
#endif

#define HEAPTAP_ABI_VERSION 1u

/* The entry point that the program called: HEAPTAP_ORIGIN_MALLOC, … The same values as heaptap.v1.Origin. */
enum heaptap_origin {
#define HEAPTAP_ORIGIN(NUMBER, NAME, CPP_NAME, FAMILY, DECLARES, WORDS) HEAPTAP_ORIGIN_##NAME = NUMBER,
#include "origins.def"
#undef HEAPTAP_ORIGIN
};

#define HEAPTAP_EXPORT __attribute__((visibility("default")))

/* Inline code tests this before any call: *heaptap_gate is HEAPTAP_GATE_SHUT while nothing is recorded. With
   any other value, make the call; the library decides. Read the pointer each time: it changes at a fork, and
   when the relay ends. */
#define HEAPTAP_GATE_SHUT 2u
extern HEAPTAP_EXPORT const uint32_t* heaptap_gate;

HEAPTAP_EXPORT uint32_t heaptap_abi_version(void) HEAPTAP_NOEXCEPT;

/* The place where the program called an allocator: the state of the calling frame after the call returns. */
struct heaptap_call_site {
  uint64_t pc; /* The return address. */
  uint64_t sp;
  uint64_t fp; /* The frame pointer register, whatever the caller uses it for. */
  uint64_t at; /* Address of a word on the stack that holds `pc` until the allocator returns. */
};

/* The address of the word that holds the return address of the function that this is inlined into. Processors
   differ: a call on x86-64 pushes it, right below the caller's frame; on AArch64 it is in a register, which
   the function saves in its frame record (AAPCS64, 6.4.6). 0 where neither is known. */
static inline __attribute__((always_inline)) const void* heaptap_return_place(void) HEAPTAP_NOEXCEPT {
#if defined(__x86_64__)
  return (const char*)__builtin_dwarf_cfa() - sizeof(uint64_t);
#elif defined(__aarch64__)
  return (const char*)__builtin_frame_address(0) + sizeof(uint64_t);
#else
  return NULL;
#endif
}

/* Returns the call site of the function that this is inlined into, which is the allocator's entry point. */
static inline __attribute__((always_inline)) struct heaptap_call_site heaptap_caller(void) HEAPTAP_NOEXCEPT {
  struct heaptap_call_site site;
  const void* const pc = __builtin_return_address(0);
  const void* const sp = __builtin_dwarf_cfa();
  const void* const at = heaptap_return_place();
  /* Copied, since C and C++ agree on no cast. */
  __builtin_memcpy(&site.pc, &pc, sizeof site.pc);
  __builtin_memcpy(&site.sp, &sp, sizeof site.sp);
  __builtin_memcpy(&site.fp, __builtin_frame_address(0), sizeof site.fp);
  __builtin_memcpy(&site.at, &at, sizeof site.at);
  return site;
}

/* The addresses of the code of a shared object, from `start` up to `end`. Both 0: no such object. */
struct heaptap_code {
  uint64_t start, end;
};
/* Returns the code of the shared object that holds `address`. */
HEAPTAP_EXPORT struct heaptap_code heaptap_code_at(const void* address) HEAPTAP_NOEXCEPT;

/* The code of an allocator, in up to three shared objects. Calls that come from it are made on behalf of its
   caller. One of the objects is that of the entry points: after a tail call from the allocator to another
   entry point, the return address is in the first entry point. */
#define HEAPTAP_LAYER_OBJECTS 3
struct heaptap_layer {
  struct heaptap_code objects[HEAPTAP_LAYER_OBJECTS];
};

/* Called around a call of an allocator that is made of others. The call may end by an exception: then
   heaptap_leave_layer() need not be called. What signal handlers and callbacks allocate during the call is
   recorded. `layer` is NULL when the code is not known (an allocator that is compiled into the program): then
   all that the thread allocates during the call counts as the allocator's own.
   `from`: not NULL. The layer lasts no longer than the word at `from->at` holds `from->pc`. A language
   without heaptap_caller() keeps any word that is unlikely elsewhere in a frame of its own, and passes its
   address and its value. Returns 0 when the caller is inside of another layer, whose allocator
   reports instead: then make the call without reporting and without heaptap_leave_layer(). */
HEAPTAP_EXPORT uint32_t heaptap_enter_layer(const struct heaptap_layer* layer,
                                            const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_leave_layer(void) HEAPTAP_NOEXCEPT;

/* A block that was allocated. */
struct heaptap_allocation {
  void* block;
  size_t size;  /* As requested. */
  size_t align; /* As requested. 0: the allocator's default. */
  uint32_t origin;
  /* Returns how many bytes the block holds. Called only when that is recorded. NULL: unknown. */
  size_t (*usable)(void*);
};

/* Reports an allocation that has succeeded. Call it before the address is handed out, so that the allocation
   happens-before the free. */
HEAPTAP_EXPORT void heaptap_on_alloc(const struct heaptap_allocation* allocation,
                                     const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;

/* Reports a free. Call it before the block is freed: afterwards another thread may get the address. `size`
   and `align` are what the program says of the block, where the entry point (`origin`) has such parameters,
   and are ignored otherwise. RUST_GLOBAL, STANDARD_ADAPTER and EXPLICIT_HEAP have both; a free with other
   values than the allocation's is a finding. */
HEAPTAP_EXPORT void heaptap_on_dealloc(const void* block, size_t size, size_t align, uint32_t origin,
                                       const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;

/* Where allocations are sampled, most are only counted. Inline code can do that without a call, and before it
   looks at the gate: an allocator first calls heaptap_count_unsampled_alloc() or …_free(), and reports the
   event as usual if that returns 0. An allocator that does not do so reports everything, which is right, too.
 */

struct heaptap_exact {
  uint64_t allocations, bytes, frees;
};
/* The counting state of one thread, one cache line. In a forked child it is all zero. */
struct heaptap_thread {
  /* Counters that the relay reads. NULL: this thread reports every event at present. */
  struct heaptap_exact* exact;
  int64_t left;            /* Bytes that the thread will allocate before the next sample. */
  const uint8_t* filter;   /* By heaptap_filter_place(): 0 where no sampled block lies. */
  const uint32_t* control; /* Recording is paused or has ended while a bit of HEAPTAP_CONTROL_OFF is set. */
};
#define HEAPTAP_CONTROL_OFF 67u
#define HEAPTAP_FILTER_BYTES 65536u
/* That of the calling thread. NULL before its first event, and where allocations are not sampled. */
extern HEAPTAP_EXPORT __thread struct heaptap_thread* heaptap_this_thread
    __attribute__((tls_model("initial-exec")));

/* Adds to a counter of the calling thread, atomically with regard to its signal handlers. */
static inline void heaptap_add(uint64_t* counter, uint64_t n) HEAPTAP_NOEXCEPT {
#if defined(__x86_64__)
  __asm__("addq %1, %0" : "+m"(*counter) : "er"(n) : "cc");
#else
  __atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
#endif
}

/* Returns 1 when the thread is sampled and recorded, and is in no layer. */
static inline int heaptap_counts_alone(const struct heaptap_thread* thread) HEAPTAP_NOEXCEPT {
  return thread != NULL && thread->exact != NULL &&
         (__atomic_load_n(thread->control, __ATOMIC_RELAXED) & HEAPTAP_CONTROL_OFF) == 0;
}

/* The index of a block in the filter. There is one for each page, so that the filter takes little of the
   processor's cache. */
static inline uint32_t heaptap_filter_place(uint64_t address) HEAPTAP_NOEXCEPT {
  return (uint32_t)((address >> 12 ^ address >> 28) % HEAPTAP_FILTER_BYTES);
}
static inline int heaptap_is_outside_samples(const struct heaptap_thread* thread,
                                             const void* block) HEAPTAP_NOEXCEPT {
  uint64_t address = 0;
  __builtin_memcpy(&address, &block, sizeof block);
  return thread->filter[heaptap_filter_place(address)] == 0;
}

/* Count an allocation or a free of `thread`. Return 0 when it is to be reported instead. */
static inline int heaptap_count_alloc(struct heaptap_thread* thread, size_t size) HEAPTAP_NOEXCEPT {
  const uint64_t bytes = size + (size == 0);
  struct heaptap_exact* exact = NULL;
  int64_t rest = 0;
  if (!heaptap_counts_alone(thread)) return 0;
  rest = thread->left - (int64_t)bytes; /* No block has more than half of all bytes there are. */
  if (rest < 0) return 0;
  exact = thread->exact;
  thread->left = rest;
  heaptap_add(&exact->allocations, 1);
  heaptap_add(&exact->bytes, size);
  return 1;
}

static inline int heaptap_count_free(const struct heaptap_thread* thread,
                                     const void* block) HEAPTAP_NOEXCEPT {
  if (!heaptap_counts_alone(thread) || !heaptap_is_outside_samples(thread, block)) return 0;
  heaptap_add(&thread->exact->frees, 1);
  return 1;
}

/* Counts an allocation of `size` bytes by the calling thread, after it has succeeded. Returns 1 when that is
   all, 0 when nothing was counted and the allocation is to be reported. */
static inline int heaptap_count_unsampled_alloc(size_t size) HEAPTAP_NOEXCEPT {
  return heaptap_count_alloc(heaptap_this_thread, size);
}
/* The same for a free, before the block is freed. */
static inline int heaptap_count_unsampled_free(const void* block) HEAPTAP_NOEXCEPT {
  return heaptap_count_free(heaptap_this_thread, block);
}

/* Returns 1 before a reallocation of a block whose free need only be counted: then the caller reallocates it,
   calls heaptap_count_unsampled_realloc() once there is a new block, and counts or reports that block as an
   allocation. Changes nothing. */
static inline int heaptap_is_unsampled_block(const void* old) HEAPTAP_NOEXCEPT {
  const struct heaptap_thread* const thread = heaptap_this_thread;
  return heaptap_counts_alone(thread) && heaptap_is_outside_samples(thread, old);
}
static inline void heaptap_count_unsampled_realloc(void) HEAPTAP_NOEXCEPT {
  heaptap_add(&heaptap_this_thread->exact->frees, 1);
}

/* Reports a reallocation: call begin before it, and end after it with the token that begin returned.
   `old_size` and `align` are those of the old block, as for heaptap_on_dealloc(). `now->block` is NULL when
   the reallocation failed and `old` is still live. */
HEAPTAP_EXPORT uint64_t heaptap_on_realloc_begin(const void* old, size_t old_size, size_t align,
                                                 uint32_t origin,
                                                 const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_realloc_end(uint64_t token, const void* old,
                                           const struct heaptap_allocation* now,
                                           const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;

/* Reports that an allocation failed for lack of memory. The first HEAPTAP_OOM_MARKS become marks in the
 * record. */
#define HEAPTAP_OOM_MARKS 16u
HEAPTAP_EXPORT void heaptap_on_oom(size_t size, size_t align) HEAPTAP_NOEXCEPT;

/* Takes back heaptap_bypassed(HEAPTAP_DEFINED_IN_FRONT): the malloc that the program defines in front of all
   others reports by this interface. Called by a constructor of the program. */
HEAPTAP_EXPORT void heaptap_malloc_reports(void) HEAPTAP_NOEXCEPT;

/* Serves the requests of heaptap.h, which calls this. */
HEAPTAP_EXPORT uint32_t heaptap_request(uint32_t what, const char* name) HEAPTAP_NOEXCEPT;

/* The functions above as a table, for allocators that do not link the library. New members are added at the
   end only, with a new version. */
struct heaptap_agent {
  uint32_t version; /* HEAPTAP_ABI_VERSION of the library. */
  uint32_t bytes;   /* Of this struct. */
  const uint32_t* const* gate;
  uint32_t (*enterLayer)(const struct heaptap_layer*, const struct heaptap_call_site*);
  void (*leaveLayer)(void);
  void (*onAlloc)(const struct heaptap_allocation*, const struct heaptap_call_site*);
  void (*onDealloc)(const void*, size_t, size_t, uint32_t, const struct heaptap_call_site*);
  uint64_t (*onReallocBegin)(const void*, size_t, size_t, uint32_t, const struct heaptap_call_site*);
  void (*onReallocEnd)(uint64_t, const void*, const struct heaptap_allocation*,
                       const struct heaptap_call_site*);
  void (*onOom)(size_t, size_t);
  uint32_t (*request)(uint32_t, const char*);
  void (*mallocReports)(void);
};
/* Returns the table; NULL when the library is older than `version`. The table is never freed. */
HEAPTAP_EXPORT const struct heaptap_agent* heaptap_agent_of(uint32_t version) HEAPTAP_NOEXCEPT;

/* ---- other heaps: layers have no effect on the functions from here on ---- */

/* Returns the number of the heap with this name, by which its allocator reports. Equal names have equal
   numbers; up to 255 bytes of a name are kept. Returns 0 when nothing is recorded, or when there are more
   than 1,022 names. */
HEAPTAP_EXPORT uint32_t heaptap_heap_named(const char* name) HEAPTAP_NOEXCEPT;
/* Report a block of such a heap: after it was allocated, before its address is handed out; and before it is
   freed. The stack begins at the caller of these functions. NULL and a heap of 0 are ignored. */
HEAPTAP_EXPORT void heaptap_heap_allocated(uint32_t heap, const void* block, size_t size) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_heap_freed(uint32_t heap, const void* block) HEAPTAP_NOEXCEPT;

/* A part of the program that can be asked for its leaks; see heaptap_span_begin() and heaptap_span_leaks() in
   heaptap.h. new: returns the span's number, 0 when nothing is recorded. left: `what` is a heaptap_span_question; returns a
   heaptap_leaks_status. `stack`: from here upwards the calling thread's stack may point to blocks. */
struct heaptap_leaks;
HEAPTAP_EXPORT uint32_t heaptap_span_new(void) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT uint32_t heaptap_span_left(uint32_t span, uint32_t what, const void* stack,
                                          struct heaptap_leaks* leaks) HEAPTAP_NOEXCEPT;

/* Returns 1 while the process's memory mappings are recorded: then the interposed mmap and its like report.
 */
HEAPTAP_EXPORT uint32_t heaptap_records_mappings(void) HEAPTAP_NOEXCEPT;

struct heaptap_range {
  const void* start;
  size_t bytes; /* Whole pages, where the kernel maps those. */
};

/* Reports a new mapping, after the system call. `over`: it may have replaced others (MAP_FIXED). */
HEAPTAP_EXPORT void heaptap_on_mapped(const struct heaptap_range* range, uint32_t origin, uint32_t over,
                                      const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
/* Reports an unmapping: call begin before the system call, and end after it with the token that begin
 * returned. */
HEAPTAP_EXPORT uint32_t heaptap_on_unmap_begin(const struct heaptap_range* range, uint32_t origin,
                                               const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_unmap_end(uint32_t token, uint32_t failed, const struct heaptap_range* range,
                                         uint32_t origin,
                                         const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
/* Reports an mremap in the same way. `now->start` is NULL when it failed. */
HEAPTAP_EXPORT uint32_t heaptap_on_remap_begin(const struct heaptap_range* old,
                                               const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_remap_end(uint32_t token, const struct heaptap_range* old,
                                         const struct heaptap_range* now,
                                         const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;

/* Reports that a shared object was unloaded, so that another one may lie at its addresses. */
HEAPTAP_EXPORT void heaptap_modules_changed(void) HEAPTAP_NOEXCEPT;

/* Returns 1 when the loader's code is at this address. */
HEAPTAP_EXPORT uint32_t heaptap_is_loader(const void* address) HEAPTAP_NOEXCEPT;

/* Does what mlockall(2) does for the memory of the program, without heaptap's own. Returns 0, a negative
   errno of the kernel, or 1 when this process is not recorded and nothing was done. */
HEAPTAP_EXPORT long heaptap_lock_all(int flags) HEAPTAP_NOEXCEPT;

/* Announces that the calling thread, or every thread of the process, will give up system calls (seccomp) or
   the time stamp counter. From then on these threads are recorded without them. */
#define HEAPTAP_NO_SYSTEM_CALLS 1u
#define HEAPTAP_NO_TIME_STAMP 2u
HEAPTAP_EXPORT void heaptap_restrict(uint32_t what, uint32_t all_threads) HEAPTAP_NOEXCEPT;

/* Report a call that executes another program in the place of this one, or in a child that the call makes:
   begin before the call; after it, with the token that begin returned, failed, or spawned with the child's
   process id. `path` names the program, or, where it is empty, the descriptor `file`. The pointers come from
   the program and may be invalid. `how`: a sum of the following. */
#define HEAPTAP_EXEC_IN_CHILD 1u
#define HEAPTAP_EXEC_IN_UNNAMED_CHILD 4u /* Likewise, and nothing says which: there will be no spawned. */
#define HEAPTAP_EXEC_OWN_ENVIRONMENT 2u /* That of this process, instead of `environment`. */
HEAPTAP_EXPORT uint32_t heaptap_on_exec_begin(const char* path, int file, char* const* environment,
                                              uint32_t how) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_exec_failed(uint32_t token) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_spawned(uint32_t token, uint32_t pid) HEAPTAP_NOEXCEPT;

/* Reports that the calling thread has given itself a name. */
HEAPTAP_EXPORT void heaptap_thread_named(const char* name) HEAPTAP_NOEXCEPT;

/* Registers the shared object that holds `code` as the agent's own: its frames are left out of stacks. */
HEAPTAP_EXPORT void heaptap_register_agent_code(const void* code) HEAPTAP_NOEXCEPT;

/* Returns the first definition of a dynamic symbol behind the object that holds `after`, as RTLD_NEXT finds
   it but without the allocations of dlsym(); NULL when there is none. */
HEAPTAP_EXPORT void* heaptap_next_symbol(const char* name, const void* after) HEAPTAP_NOEXCEPT;

/* Returns libc's own definition of a dynamic symbol, also where another object of the process defines the
   name; NULL when libc has none. */
HEAPTAP_EXPORT void* heaptap_libc_symbol(const char* name) HEAPTAP_NOEXCEPT;

/* Reports that calls go past these entry points: the program defines some of its own in front, or has opened
   libraries whose symbols are not searched for where the entry points are. */
#define HEAPTAP_DEFINED_IN_FRONT 1u
#define HEAPTAP_LOOKED_PAST 2u
HEAPTAP_EXPORT void heaptap_bypassed(uint32_t how) HEAPTAP_NOEXCEPT;

/* Returns the reason why this process is not recorded, as one sentence; NULL while it is recorded, and before
   the first event. The text is static. */
HEAPTAP_EXPORT const char* heaptap_obstacle(void) HEAPTAP_NOEXCEPT;

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif
