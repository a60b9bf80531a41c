/* SPDX-License-Identifier: Apache-2.0 */
/* A library with a thread-local variable. */
static __thread volatile char g_own[100];

void touch(void) { ++g_own[1]; }
