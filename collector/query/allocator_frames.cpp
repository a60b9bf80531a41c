// SPDX-License-Identifier: Apache-2.0
#include "collector/query/allocator_frames.h"

#include <algorithm>
#include <array>

namespace heaptap::query {
namespace {

using namespace std::string_view_literals;

constexpr std::array kNames = {
    "malloc"sv,   "calloc"sv,         "realloc"sv,     "reallocarray"sv, "aligned_alloc"sv,
    "memalign"sv, "posix_memalign"sv, "valloc"sv,      "pvalloc"sv,      "free"sv,
    "cfree"sv,    "_mid_memalign"sv,  "_int_malloc"sv, "_int_realloc"sv, "_int_memalign"sv,
};

/// What glibc puts before the name of an allocation function inside itself.
constexpr std::array kLibcPrefixes = {"__libc_"sv, "__GI___libc_"sv, "__GI___"sv, "__GI_"sv, "__"sv};

constexpr std::array kPrefixes = {
    "operator new(unsigned"sv,
    "operator new[](unsigned"sv,
    "operator delete("sv,
    "operator delete[]("sv,
    "heaptap_"sv,
    "heaptap::"sv,
    "<heaptap::"sv,
    // Function templates come with the type of their result.
    "void heaptap::detail::"sv,
    "void* heaptap::detail::"sv,
    // Rust: the shims around the global allocator, and the functions of liballoc that only forward to them.
    "__rustc::"sv,
    "__rust_alloc"sv,
    "__rust_realloc"sv,
    "__rust_dealloc"sv,
    "__rdl_"sv,
    "__rg_"sv,
    "alloc::alloc::"sv,
    "<alloc::alloc::Global"sv,
    "std::alloc::"sv,
    "<std::alloc::System"sv,
    "std::sys::alloc::"sv,
    "alloc::raw_vec::"sv,
    "<alloc::raw_vec::"sv,
    "alloc::boxed::box_new_uninit"sv,
};

/// Sources of Rust's standard library, wherever they lie, that only forward to the global allocator.
constexpr std::array kRustFiles = {
    "/library/alloc/src/alloc.rs"sv, "/library/alloc/src/raw_vec.rs"sv, "/library/alloc/src/raw_vec/mod.rs"sv,
    "/library/std/src/alloc.rs"sv,
    "/heaptap_tracing.rs"sv,  // And of our own crate.
};

/// `<T as core::alloc::global::GlobalAlloc>::alloc`: whatever allocator the program has.
constexpr std::string_view kRustGlobalAllocator = " as core::alloc::global::GlobalAlloc>::";

bool isMallocName(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool isHeaptapLibrary(std::string_view module) {
  const std::string_view name = module.substr(module.rfind('/') + 1);  // npos + 1 is 0.
  return name.starts_with("libheaptap") && name.find(".so") != std::string_view::npos;
}

}  // namespace

bool isAllocatorFrame(std::string_view function, std::string_view module, std::string_view file) {
  if (isHeaptapLibrary(module)) return true;
  const auto endsFile = [&](std::string_view name) { return file.ends_with(name); };
  if (std::any_of(kRustFiles.begin(), kRustFiles.end(), endsFile)) return true;
  if (function.find(kRustGlobalAllocator) != std::string_view::npos) return true;
  if (function == "box_new_uninit" && file.ends_with("/library/alloc/src/boxed.rs")) return true;
  if (function == "operator new" || function == "operator new[]") return true;
  const auto startsFunction = [&](std::string_view prefix) { return function.starts_with(prefix); };
  if (std::any_of(kPrefixes.begin(), kPrefixes.end(), startsFunction)) return true;
  const std::string_view name = function.substr(0, function.find('@'));  // malloc@@GLIBC_2.2.5
  if (isMallocName(name)) return true;
  return std::any_of(kLibcPrefixes.begin(), kLibcPrefixes.end(), [&](std::string_view prefix) {
    return name.starts_with(prefix) && isMallocName(name.substr(prefix.size()));
  });
}

}  // namespace heaptap::query
