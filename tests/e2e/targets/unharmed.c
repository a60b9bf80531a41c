/* SPDX-License-Identifier: Apache-2.0 */
/* For every libc: says that it runs, and ends with 6. */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  void* volatile block = malloc(100);
  if (block == NULL) return 1;
  free(block);
  puts("unharmed");
  return 6;
}
