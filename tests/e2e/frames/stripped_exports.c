/* SPDX-License-Identifier: Apache-2.0 */
/* Exported functions, with and without a size, and local ones right behind; then stripped. */
#include <stdlib.h>

#define LOCAL __attribute__((noinline)) static

void* volatile g_kept;

__asm__(
    ".text\n"
    ".globl by_hand\n"
    ".type by_hand, @function\n"
    "by_hand: ret\n");
LOCAL void secret_first(unsigned size) {
  g_kept = malloc(size);
  g_kept = g_kept;
}
LOCAL void secret_second(unsigned size) {
  g_kept = malloc(size);
  g_kept = g_kept;
}
__attribute__((noinline, visibility("default"))) void public_call(unsigned size) {
  secret_first(size);
  g_kept = g_kept;
  secret_second(size + 1);
  g_kept = g_kept;
}

int main(void) {
  public_call(5001);
  return g_kept == NULL;
}
