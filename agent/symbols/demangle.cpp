// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/demangle.h"

#include <csetjmp>
#include <cstring>
#include <utility>

#define HAVE_DECL_BASENAME 1  // Else libiberty declares one of its own, unlike that of <cstring>.
#include <libiberty/demangle.h>

namespace heaptap::symbols {
namespace {

constexpr std::size_t kMaxMangled = 64 * 1024;
constexpr std::size_t kMaxDemangled = 256 * 1024;

struct Output {
  std::string text;
  std::jmp_buf tooLong;
};

void append(const char* part, std::size_t length, void* opaque) {
  auto& output = *static_cast<Output*>(opaque);
  // A mangled name can stand for one that is exponentially longer, and libiberty has no limit of its own.
  // It keeps its state on the stack, so leaving it in the middle loses nothing.
  if (output.text.size() + length > kMaxDemangled) std::longjmp(output.tooLong, 1);
  output.text.append(part, length);
}

/// Only trivial objects live in this frame and in libiberty's: what longjmp demands.
bool run(const char* symbol, Output& output) {
  if (setjmp(output.tooLong) != 0) return false;
  // Rust first: legacy Rust symbols are valid C++ ones, with the hash as the innermost name.
  if (rust_demangle_callback(symbol, DMGL_RUST, append, &output) != 0) return true;
  return cplus_demangle_v3_callback(symbol, DMGL_PARAMS | DMGL_ANSI, append, &output) != 0;
}

}  // namespace

std::string demangle(const char* symbol) {
  const std::size_t length = strnlen(symbol, kMaxMangled);
  std::string plain(symbol, length);
  if (length == kMaxMangled) return plain;
  if (const auto version = plain.find('@'); version != std::string::npos && version > 0)
    plain.resize(version);
  Output output;
  if (plain.starts_with("_Z") || plain.starts_with("_R")) {
    if (run(plain.c_str(), output)) return std::move(output.text);
  }
  return plain;
}

std::string withoutCloneMarks(std::string demangled) {
  while (demangled.ends_with(']')) {
    const auto mark = demangled.rfind(" [clone ");
    if (mark == std::string::npos) break;
    demangled.resize(mark);
  }
  return demangled;
}

}  // namespace heaptap::symbols
