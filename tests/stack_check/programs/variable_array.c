/* SPDX-License-Identifier: Apache-2.0 */
/* An array of variable length, which C++ does not have. */
void variableArray(unsigned elements, void (*call)(void));

void variableArray(unsigned elements, void (*call)(void)) {
  volatile int array[elements];
  array[0] = 1;
  call();
  if (elements > 100) variableArray(elements - 100, call);
  array[elements - 1] = 2;
}
