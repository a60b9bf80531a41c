/* SPDX-License-Identifier: Apache-2.0 */
/* A library that calls back through a large frame; also a converter for iconv. Built with several values of
   FRAME_BYTES, with all else the same: the same addresses, other frames. */
#include <gconv.h>
#include <stdlib.h>

void callThrough(int frames, void (*call)(void));
int gconv_init(struct __gconv_step* step);  // NOLINT(readability-identifier-naming): libc's name.
int gconv(struct __gconv_step* step, struct __gconv_step_data* data, const unsigned char** from,
          const unsigned char* fromEnd, unsigned char** to, size_t* irreversible, int flush, int more);

__attribute__((used)) static int framesLeft;
__attribute__((used)) static void (*callback)(void);

/* Fills its frame with an address that looks like a return address from the function's first instruction,
   where the next one lies eight bytes further. A walker that takes the frame for a smaller one goes from one
   to the next, up to the real return address: a wrong rule ends in a wrong stack, not in a walk that gives
   up. */
#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)
void descend(void);
__asm__(
    "  .set frameBytes, " TEXT(FRAME_BYTES) "\n"
    "  .text\n"
    "  .type descend, @function\n"
    "descend:\n"
    "  .cfi_startproc\n"
    "  sub $frameBytes, %rsp\n"
    "  .cfi_adjust_cfa_offset frameBytes\n"
    "  lea descend+1(%rip), %rax\n"
    "  mov $frameBytes / 8, %ecx\n"
    "1:\n"
    "  mov %rax, -8(%rsp, %rcx, 8)\n"
    "  dec %ecx\n"
    "  jnz 1b\n"
    "  cmpl $0, framesLeft(%rip)\n"
    "  jne 2f\n"
    "  call *callback(%rip)\n"
    "  jmp 3f\n"
    "2:\n"
    "  decl framesLeft(%rip)\n"
    "  call descend\n"
    "3:\n"
    "  add $frameBytes, %rsp\n"
    "  .cfi_adjust_cfa_offset -frameBytes\n"
    "  ret\n"
    "  .cfi_endproc\n"
    "  .size descend, . - descend\n");

void callThrough(int frames, void (*call)(void)) {
  framesLeft = frames;
  callback = call;
  descend();
}

static void allocate(void) {
  void* block = malloc(32);
  __asm__ volatile("" : : "r"(block) : "memory");
  free(block);
}

int gconv_init(struct __gconv_step* step) {
  callThrough(5, allocate);
  step->__min_needed_from = step->__max_needed_from = 1;
  step->__min_needed_to = step->__max_needed_to = 4;
  step->__stateful = 0;
  return __GCONV_OK;
}

int gconv(struct __gconv_step* step, struct __gconv_step_data* data, const unsigned char** from,
          const unsigned char* fromEnd, unsigned char** to, size_t* irreversible, int flush, int more) {
  (void)step, (void)data, (void)from, (void)fromEnd, (void)to, (void)irreversible, (void)flush, (void)more;
  return __GCONV_EMPTY_INPUT;
}
