/* SPDX-License-Identifier: Apache-2.0 */
/* A program that is built with a sanitizer. Without arguments it says who it is and ends with 5; with one it
   does what the sanitizer is there to find: `use-after-free`, or `race`. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int g_shared;

static void* add(void* nothing) {
  for (int i = 0; i < 1000; ++i) ++g_shared;
  return nothing;
}

static const char* readName(char* name, int bytes) {
  FILE* file = fopen("/proc/self/comm", "r");
  if (file == NULL || fgets(name, bytes, file) == NULL) strcpy(name, "?");
  if (file != NULL) fclose(file);
  name[strcspn(name, "\n")] = 0;
  return name;
}

int main(int count, char** arguments) {
  char name[32];
  char* volatile block = malloc(100);
  const char* preloaded = getenv("LD_PRELOAD");
  if (count > 1 && strcmp(arguments[1], "use-after-free") == 0) {
    free(block);
    return block[50];
  }
  if (count > 1 && strcmp(arguments[1], "race") == 0) {
    pthread_t one;
    pthread_t other;
    pthread_create(&one, NULL, add, NULL);
    pthread_create(&other, NULL, add, NULL);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    return 0;
  }
  printf("%s as %s with %d arguments, preloaded: %s\n", readName(name, sizeof name), arguments[0], count,
         preloaded != NULL ? preloaded : "nothing");
  free(block);
  return 5;
}
