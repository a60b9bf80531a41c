// SPDX-License-Identifier: Apache-2.0
//
// The functions of <string.h> that heaptap's libraries use, and that compilers call for assignments and
// loops: hidden ones, as the program may define functions with these names, which allocate, or count. Where
// they are called there is little to move. In the libraries only, not in what tests link.
#include <cstddef>

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" {

void* memcpy(void* to, const void* from, std::size_t bytes) {
  void* const result = to;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
  return result;
}

void* memmove(void* to, const void* from, std::size_t bytes) {
  auto* const target = static_cast<unsigned char*>(to);
  const auto* const source = static_cast<const unsigned char*>(from);
  if (target <= source || target >= source + bytes) return memcpy(to, from, bytes);
  for (std::size_t i = bytes; i-- > 0;) target[i] = source[i];
  return to;
}

void* memset(void* at, int value, std::size_t bytes) {
  void* const result = at;
  asm volatile("rep stosb" : "+D"(at), "+c"(bytes) : "a"(value) : "memory");
  return result;
}

int memcmp(const void* one, const void* other, std::size_t bytes) {
  const auto* const a = static_cast<const unsigned char*>(one);
  const auto* const b = static_cast<const unsigned char*>(other);
  for (std::size_t i = 0; i < bytes; ++i)
    if (a[i] != b[i]) return a[i] - b[i];
  return 0;
}

std::size_t strnlen(const char* text, std::size_t most) {
  std::size_t length = 0;
  while (length < most && text[length] != 0) ++length;
  return length;
}

std::size_t strlen(const char* text) { return strnlen(text, static_cast<std::size_t>(-1)); }

int strncmp(const char* one, const char* other, std::size_t most) {
  for (std::size_t i = 0; i < most; ++i) {
    const auto a = static_cast<unsigned char>(one[i]);
    const auto b = static_cast<unsigned char>(other[i]);
    if (a != b || a == 0) return a - b;
  }
  return 0;
}

int strcmp(const char* one, const char* other) { return strncmp(one, other, static_cast<std::size_t>(-1)); }

// Of the library itself, as its start files are left out: they call what the program may define, too.
void* __dso_handle = &__dso_handle;  // NOLINT(bugprone-reserved-identifier)

}  // extern "C"
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
