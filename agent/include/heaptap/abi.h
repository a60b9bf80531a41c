/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The C interface of libheaptap.so.1: how an allocator reports what it does. Allocators that are compiled
 * into a program get at it by <heaptap/agent.h>, which links nothing.
 *
 * All functions may be called from any thread, before constructors, after destructors and in signal
 * handlers; they keep errno and never allocate, throw or abort. What an allocator does on behalf of another
 * traced one is not recorded: between heaptap_enter_layer() and heaptap_leave_layer() the outer layer answers
 * for it, and reports an allocation when it has left, a free before it enters. There is one record of layers
 * in a process, the library's, for the interposer and for all allocators that are compiled in.
 *
 * `from` is where the program called the allocator: heaptap_caller(). NULL: the caller of the function
 * itself, whose frames are left out by name when a report is made.
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

/* Which entry point the program called. The same values as heaptap.v1.Origin. */
enum heaptap_origin {
  HEAPTAP_ORIGIN_UNKNOWN = 0,
  HEAPTAP_ORIGIN_MALLOC = 1,
  HEAPTAP_ORIGIN_CALLOC = 2,
  HEAPTAP_ORIGIN_REALLOC = 3,
  HEAPTAP_ORIGIN_REALLOCARRAY = 4,
  HEAPTAP_ORIGIN_ALIGNED_ALLOC = 5,
  HEAPTAP_ORIGIN_MEMALIGN = 6,
  HEAPTAP_ORIGIN_POSIX_MEMALIGN = 7,
  HEAPTAP_ORIGIN_VALLOC = 8,
  HEAPTAP_ORIGIN_PVALLOC = 9,
  HEAPTAP_ORIGIN_FREE = 10,
  HEAPTAP_ORIGIN_OPERATOR_NEW = 11,
  HEAPTAP_ORIGIN_OPERATOR_DELETE = 12,
  HEAPTAP_ORIGIN_RUST_GLOBAL = 13,
  HEAPTAP_ORIGIN_STANDARD_ADAPTER = 14,
  HEAPTAP_ORIGIN_EXPLICIT_HEAP = 15,
  /* The other replaceable functions of C++ ([new.delete]). */
  HEAPTAP_ORIGIN_NEW_ARRAY = 16,
  HEAPTAP_ORIGIN_NEW_NOTHROW = 17,
  HEAPTAP_ORIGIN_NEW_ARRAY_NOTHROW = 18,
  HEAPTAP_ORIGIN_NEW_ALIGNED = 19,
  HEAPTAP_ORIGIN_NEW_ARRAY_ALIGNED = 20,
  HEAPTAP_ORIGIN_NEW_ALIGNED_NOTHROW = 21,
  HEAPTAP_ORIGIN_NEW_ARRAY_ALIGNED_NOTHROW = 22,
  HEAPTAP_ORIGIN_DELETE_ARRAY = 23,
  HEAPTAP_ORIGIN_DELETE_SIZED = 24,
  HEAPTAP_ORIGIN_DELETE_ARRAY_SIZED = 25,
  HEAPTAP_ORIGIN_DELETE_ALIGNED = 26,
  HEAPTAP_ORIGIN_DELETE_ARRAY_ALIGNED = 27,
  HEAPTAP_ORIGIN_DELETE_SIZED_ALIGNED = 28,
  HEAPTAP_ORIGIN_DELETE_ARRAY_SIZED_ALIGNED = 29,
  HEAPTAP_ORIGIN_DELETE_NOTHROW = 30,
  HEAPTAP_ORIGIN_DELETE_ARRAY_NOTHROW = 31,
  HEAPTAP_ORIGIN_DELETE_ALIGNED_NOTHROW = 32,
  HEAPTAP_ORIGIN_DELETE_ARRAY_ALIGNED_NOTHROW = 33,
  HEAPTAP_ORIGIN_FREE_SIZED = 34,
  HEAPTAP_ORIGIN_FREE_ALIGNED_SIZED = 35,
  HEAPTAP_ORIGIN_MMAP = 36,
  HEAPTAP_ORIGIN_MUNMAP = 37,
  HEAPTAP_ORIGIN_MREMAP = 38,
  HEAPTAP_ORIGIN_BRK = 39,
  HEAPTAP_ORIGIN_CUSTOM_ALLOCATE = 40,
  HEAPTAP_ORIGIN_CUSTOM_FREE = 41,
  /* A free of EXPLICIT_HEAP's blocks without their layout. */
  HEAPTAP_ORIGIN_EXPLICIT_HEAP_UNSIZED = 42
};

#define HEAPTAP_EXPORT __attribute__((visibility("default")))

/* What inline code tests before any call: *heaptap_gate is HEAPTAP_GATE_SHUT while nothing is recorded. Any
   other value means: call, the library decides. Read the pointer each time; it changes. */
#define HEAPTAP_GATE_SHUT 2u
extern HEAPTAP_EXPORT const uint32_t* heaptap_gate;

HEAPTAP_EXPORT uint32_t heaptap_abi_version(void) HEAPTAP_NOEXCEPT;

/* Where the program called an allocator: the state of its frame once the call has returned. */
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

/* The caller of the function that this is inlined into: the allocator's entry point. */
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

/* Where the code of a shared object lies. Empty: nowhere. */
struct heaptap_code {
  uint64_t start, end;
};
/* Of the shared object that holds `address`. */
HEAPTAP_EXPORT struct heaptap_code heaptap_code_at(const void* address) HEAPTAP_NOEXCEPT;

/* The code of an allocator: calls that it makes itself are on behalf of its caller. It may lie in several
   objects. The entry points' own is one of them: where the allocator jumps to another entry point as the last
   thing that it does (a tail call), that looks as if the first entry point had called it. */
#define HEAPTAP_LAYER_OBJECTS 3
struct heaptap_layer {
  struct heaptap_code objects[HEAPTAP_LAYER_OBJECTS];
};

/* Around a call of that allocator, which may throw: then the layer is left without a word. What signal
   handlers and callbacks allocate meanwhile is recorded. `layer` NULL: its code is not known (an allocator
   that is compiled into the program), and everything that the thread calls from there counts as its own.
   `from`: not NULL. The layer lasts no longer than the word at `from->at` holds `from->pc`. A language
   without heaptap_caller() keeps any word that is unlikely elsewhere in a frame of its own, and passes its
   address and its value. Returns 0 when the caller is such an allocator itself, and its own caller answers:
   call without reporting, and without heaptap_leave_layer(). */
HEAPTAP_EXPORT uint32_t heaptap_enter_layer(const struct heaptap_layer* layer,
                                            const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_leave_layer(void) HEAPTAP_NOEXCEPT;

/* A block that was allocated. */
struct heaptap_allocation {
  void* block;
  size_t size;  /* As requested. */
  size_t align; /* As requested. 0: the allocator's default. */
  uint32_t origin;
  /* Says how much the block holds; asked only when that is recorded. NULL: unknown. */
  size_t (*usable)(void*);
};

/* After an allocation, before its address is handed out. */
HEAPTAP_EXPORT void heaptap_on_alloc(const struct heaptap_allocation* allocation,
                                     const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;

/* Before a block is freed. `size`, `align`: what the program says it has, where the entry point (`origin`)
   has such parameters; elsewhere they are not looked at. RUST_GLOBAL, STANDARD_ADAPTER and EXPLICIT_HEAP have
   both, and a block that was allocated with others is a finding. */
HEAPTAP_EXPORT void heaptap_on_dealloc(const void* block, size_t size, size_t align, uint32_t origin,
                                       const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;

/* Where allocations are sampled, most are only counted. Inline code can do that without a call, and before it
   looks at the gate: an allocator first calls heaptap_count_unsampled_alloc() or …_free(), and reports the
   event as usual if that returns 0. An allocator that does not do so reports everything, which is right, too.
 */

struct heaptap_exact {
  uint64_t allocations, bytes, frees;
};
/* One cache line for each thread, which a forked child finds zeroed. */
struct heaptap_thread {
  /* What the thread did, for the relay to read. NULL: this thread reports everything, at least for now. */
  struct heaptap_exact* exact;
  int64_t left;            /* Bytes that the thread will allocate before the next sample. */
  const uint8_t* filter;   /* By place: 0 where no sampled block lies. */
  const uint32_t* control; /* Recording is paused, or has ended, while HEAPTAP_CONTROL_OFF is in it. */
};
#define HEAPTAP_CONTROL_OFF 67u
#define HEAPTAP_FILTER_BYTES 65536u
/* Of the calling thread; NULL before its first event, and where allocations are not sampled. */
extern HEAPTAP_EXPORT __thread struct heaptap_thread* heaptap_this_thread
    __attribute__((tls_model("initial-exec")));

/* An addition that no signal handler of the thread can come between. */
static inline void heaptap_add(uint64_t* counter, uint64_t n) HEAPTAP_NOEXCEPT {
#if defined(__x86_64__)
  __asm__("addq %1, %0" : "+m"(*counter) : "er"(n) : "cc");
#else
  __atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
#endif
}

/* Sampled, recorded, and nobody else answers for it. */
static inline int heaptap_counts_alone(const struct heaptap_thread* thread) HEAPTAP_NOEXCEPT {
  return thread != NULL && thread->exact != NULL &&
         (__atomic_load_n(thread->control, __ATOMIC_RELAXED) & HEAPTAP_CONTROL_OFF) == 0;
}

/* Where the filter has a block: one place for each page, so that it takes little of the processor's cache. */
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

/* Around a reallocation: begin before it, end after it with what begin returned. `old_size`, `align`: as
   above, of the old block. `now->block` NULL: it failed, and `old` is still live. */
HEAPTAP_EXPORT uint64_t heaptap_on_realloc_begin(const void* old, size_t old_size, size_t align,
                                                 uint32_t origin,
                                                 const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_realloc_end(uint64_t token, const void* old,
                                           const struct heaptap_allocation* now,
                                           const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;

/* There was no memory for an allocation: a mark says so in the record, of the first HEAPTAP_OOM_MARKS. */
#define HEAPTAP_OOM_MARKS 16u
HEAPTAP_EXPORT void heaptap_on_oom(size_t size, size_t align) HEAPTAP_NOEXCEPT;

/* The malloc that lies in front of all others reports by this interface: heaptap_bypassed() was a false
   alarm. The program says so, in its constructors. */
HEAPTAP_EXPORT void heaptap_malloc_reports(void) HEAPTAP_NOEXCEPT;

/* What the program itself asks for: see heaptap.h, which calls this. */
HEAPTAP_EXPORT uint32_t heaptap_request(uint32_t what, const char* name) HEAPTAP_NOEXCEPT;

/* The above, for whom links nothing. Members are only ever added at the end, with a new version. */
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
/* NULL: this library is older than `version`. */
HEAPTAP_EXPORT const struct heaptap_agent* heaptap_agent_of(uint32_t version) HEAPTAP_NOEXCEPT;

/* ---- other heaps: neither these nor what follows is on behalf of an outer layer ---- */

/* The number of the heap with this name: what its allocator reports by. The same for the same name, up to 255
   bytes of which are kept. 0: nothing is recorded, or there are more than 1,022 names. */
HEAPTAP_EXPORT uint32_t heaptap_heap_named(const char* name) HEAPTAP_NOEXCEPT;
/* After a block of it was taken, before its address is handed out; before one is given back. Called from
   where the program's allocator is. NULL and a heap of 0 are ignored. */
HEAPTAP_EXPORT void heaptap_heap_allocated(uint32_t heap, const void* block, size_t size) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_heap_freed(uint32_t heap, const void* block) HEAPTAP_NOEXCEPT;

/* Whether the process's memory mappings are recorded: then whoever stands in for mmap and its like reports.
 */
HEAPTAP_EXPORT uint32_t heaptap_records_mappings(void) HEAPTAP_NOEXCEPT;

struct heaptap_range {
  const void* start;
  size_t bytes; /* Whole pages, where the kernel maps those. */
};

/* After a range was mapped. `over`: in place of what was there (MAP_FIXED). */
HEAPTAP_EXPORT void heaptap_on_mapped(const struct heaptap_range* range, uint32_t origin, uint32_t over,
                                      const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
/* Around what unmaps a range: end with what begin returned. */
HEAPTAP_EXPORT uint32_t heaptap_on_unmap_begin(const struct heaptap_range* range, uint32_t origin,
                                               const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_unmap_end(uint32_t token, uint32_t failed, const struct heaptap_range* range,
                                         uint32_t origin,
                                         const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
/* Around mremap. `now->start` NULL: it failed. */
HEAPTAP_EXPORT uint32_t heaptap_on_remap_begin(const struct heaptap_range* old,
                                               const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_remap_end(uint32_t token, const struct heaptap_range* old,
                                         const struct heaptap_range* now,
                                         const struct heaptap_call_site* from) HEAPTAP_NOEXCEPT;

/* After a shared object was unloaded: another one may now lie at its addresses. */
HEAPTAP_EXPORT void heaptap_modules_changed(void) HEAPTAP_NOEXCEPT;

/* Whether there is code of the loader's at this address. */
HEAPTAP_EXPORT uint32_t heaptap_is_loader(const void* address) HEAPTAP_NOEXCEPT;

/* mlockall(2) for the memory of the program, without heaptap's own. Returns 0, a negative errno as the kernel
   gives it, or 1: this process is not recorded, and nothing was done. */
HEAPTAP_EXPORT long heaptap_lock_all(int flags) HEAPTAP_NOEXCEPT;

/* Before the calling thread, or every thread of the process, gives up system calls (seccomp) or the time
   stamp counter: from then on these threads are recorded without. */
#define HEAPTAP_NO_SYSTEM_CALLS 1u
#define HEAPTAP_NO_TIME_STAMP 2u
HEAPTAP_EXPORT void heaptap_restrict(uint32_t what, uint32_t all_threads) HEAPTAP_NOEXCEPT;

/* Around a call that executes another program in the place of this one, or in a child that the call makes:
   begin before it, failed after it with what begin returned, or spawned with the child's id. `path`, or where
   that is empty the descriptor `file`, names the program; the pointers are the caller's, and need not be
   valid. `how`: of these. */
#define HEAPTAP_EXEC_IN_CHILD 1u
#define HEAPTAP_EXEC_IN_UNNAMED_CHILD 4u /* Likewise, and nothing says which: there will be no spawned. */
#define HEAPTAP_EXEC_OWN_ENVIRONMENT 2u /* That of this process, instead of `environment`. */
HEAPTAP_EXPORT uint32_t heaptap_on_exec_begin(const char* path, int file, char* const* environment,
                                              uint32_t how) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_exec_failed(uint32_t token) HEAPTAP_NOEXCEPT;
HEAPTAP_EXPORT void heaptap_on_spawned(uint32_t token, uint32_t pid) HEAPTAP_NOEXCEPT;

/* The calling thread has given itself a name. */
HEAPTAP_EXPORT void heaptap_thread_named(const char* name) HEAPTAP_NOEXCEPT;

/* Frames of the shared object that holds `code` are the agent's own and left out of stacks. */
HEAPTAP_EXPORT void heaptap_register_agent_code(const void* code) HEAPTAP_NOEXCEPT;

/* The first definition of a dynamic symbol behind the object that holds `after`, as RTLD_NEXT would find it,
   without dlsym's allocations; NULL when there is none. */
HEAPTAP_EXPORT void* heaptap_next_symbol(const char* name, const void* after) HEAPTAP_NOEXCEPT;

/* libc's own definition of a dynamic symbol, whoever else in the process defines one; NULL when it has none.
 */
HEAPTAP_EXPORT void* heaptap_libc_symbol(const char* name) HEAPTAP_NOEXCEPT;

/* Calls go past these entry points: the program defines some of its own in front, or has opened libraries
   that do not look for symbols where they are. */
#define HEAPTAP_DEFINED_IN_FRONT 1u
#define HEAPTAP_LOOKED_PAST 2u
HEAPTAP_EXPORT void heaptap_bypassed(uint32_t how) HEAPTAP_NOEXCEPT;

/* Why this process is not recorded, as one sentence; NULL while it is, or before the first event. */
HEAPTAP_EXPORT const char* heaptap_obstacle(void) HEAPTAP_NOEXCEPT;

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif
