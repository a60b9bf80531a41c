// SPDX-License-Identifier: Apache-2.0
// An allocator that signal handlers may call wherever they interrupt it: it hands out memory once.
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include <atomic>

namespace {

constexpr size_t kBytes = size_t{4} << 30;
constexpr size_t kHeader = 16;  // The block's size.
constinit std::atomic<char*> g_base{nullptr};
constinit std::atomic<size_t> g_used{0};

char* base() {
  char* known = g_base.load();
  if (known != nullptr) return known;
  void* fresh =
      mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fresh == MAP_FAILED) return nullptr;
  if (g_base.compare_exchange_strong(known, static_cast<char*>(fresh))) return static_cast<char*>(fresh);
  munmap(fresh, kBytes);
  return known;
}

}  // namespace

extern "C" {

void* malloc(size_t size) {
  char* const at = base();
  const size_t bytes = kHeader + ((size + 15) & ~size_t{15});
  const size_t offset = g_used.fetch_add(bytes);
  if (at == nullptr || size > kBytes || offset + bytes > kBytes) {
    errno = ENOMEM;
    return nullptr;
  }
  memcpy(at + offset, &size, sizeof size);
  return at + offset + kHeader;
}

// Fresh memory is zero.
void* calloc(size_t count, size_t size) { return malloc(count * size); }

void free(void*) {}

void* realloc(void* old, size_t size) {
  void* const now = malloc(size);
  if (old == nullptr || now == nullptr) return now;
  size_t before = 0;
  memcpy(&before, static_cast<char*>(old) - kHeader, sizeof before);
  return memcpy(now, old, before < size ? before : size);
}

}  // extern "C"
