// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/allocator_functions.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace heaptap::symbols {
namespace {

using namespace std::string_view_literals;

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <std::size_t N>
bool startsWithOneOf(const std::array<std::string_view, N>& prefixes, std::string_view name) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [name](std::string_view prefix) { return name.starts_with(prefix); });
}

bool cutPrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

constexpr std::array kMallocFamily = {
    "malloc"sv,   "calloc"sv,         "realloc"sv,     "reallocarray"sv, "aligned_alloc"sv,
    "memalign"sv, "posix_memalign"sv, "valloc"sv,      "pvalloc"sv,      "free"sv,
    "cfree"sv,    "_mid_memalign"sv,  "_int_malloc"sv, "_int_realloc"sv, "_int_memalign"sv,
};

/// What glibc puts before the name of an allocation function inside itself.
constexpr std::array kLibcPrefixes = {"__libc_"sv, "__GI___libc_"sv, "__GI___"sv, "__GI_"sv, "__"sv};

bool isMallocFamily(std::string_view name) {
  if (isOneOf(kMallocFamily, name)) return true;
  return std::any_of(kLibcPrefixes.begin(), kLibcPrefixes.end(), [name](std::string_view prefix) {
    return name.starts_with(prefix) && isOneOf(kMallocFamily, name.substr(prefix.size()));
  });
}

/// The replaceable functions of [new.delete], and no others: a placement form is the program's own.
bool isOperator(std::string_view linkageName) {
  constexpr std::array kNewTails = {""sv, "RKSt9nothrow_t"sv, "St11align_val_t"sv,
                                    "St11align_val_tRKSt9nothrow_t"sv};
  constexpr std::array kDeleteTails = {""sv,
                                       "m"sv,
                                       "RKSt9nothrow_t"sv,
                                       "St11align_val_t"sv,
                                       "mSt11align_val_t"sv,
                                       "St11align_val_tRKSt9nothrow_t"sv};
  std::string_view tail = linkageName;
  if (cutPrefix(tail, "_Znwm") || cutPrefix(tail, "_Znam")) return isOneOf(kNewTails, tail);
  if (cutPrefix(tail, "_ZdlPv") || cutPrefix(tail, "_ZdaPv")) return isOneOf(kDeleteTails, tail);
  return false;
}

/// What heaptap's headers declare directly in namespace heaptap: code of a program that uses them, all of it
/// on behalf of an allocator. The namespaces of heaptap's own programs have other names.
constexpr std::array kHeaptapScopes = {
    "detail"sv,         "platform"sv,      "AllocResult"sv,   "AllocatorTraits"sv,
    "Arena"sv,          "FailAfter"sv,     "Fallback"sv,      "GuardOptions"sv,
    "GuardReport"sv,    "Guarded"sv,       "Headered"sv,      "Heap"sv,
    "Jemalloc"sv,       "JemallocArena"sv, "Layout"sv,        "Locked"sv,
    "MemoryResource"sv, "Mimalloc"sv,      "NamedHeap"sv,     "NeverDestroyed"sv,
    "Nothing"sv,        "RawSystem"sv,     "Ref"sv,           "Segregate"sv,
    "StaticRef"sv,      "Stats"sv,         "StatsSnapshot"sv, "StdAllocator"sv,
    "System"sv,         "Tracing"sv,       "allocArray"sv,    "allocOne"sv,
    "deallocArray"sv,   "deallocOne"sv,    "destroyOne"sv,    "handleAllocError"sv,
    "makeOne"sv,        "reallocArray"sv,  "GlibcItself"sv,
};

/// A mangled name (Itanium ABI) in one of these scopes: _ZNK7heaptap7TracingI…, and what is local to its
/// functions.
bool isCompiledIn(std::string_view linkageName) {
  std::string_view rest = linkageName;
  if (!cutPrefix(rest, "_Z")) return false;
  while (cutPrefix(rest, "Z")) {
  }
  if (!cutPrefix(rest, "N")) return false;
  rest.remove_prefix(std::min(rest.find_first_not_of("rVKRO"), rest.size()));
  if (!cutPrefix(rest, "7heaptap")) return false;
  std::size_t length = 0;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9' && length < 1000) {
    length = length * 10 + static_cast<std::size_t>(rest.front() - '0');
    rest.remove_prefix(1);
  }
  return length > 0 && isOneOf(kHeaptapScopes, rest.substr(0, length));
}

constexpr std::array kRustShims = {
    "__rust_alloc"sv, "__rust_alloc_zeroed"sv, "__rust_realloc"sv, "__rust_dealloc"sv,
    "__rdl_alloc"sv,  "__rdl_alloc_zeroed"sv,  "__rdl_realloc"sv,  "__rdl_dealloc"sv,
    "__rg_alloc"sv,   "__rg_alloc_zeroed"sv,   "__rg_realloc"sv,   "__rg_dealloc"sv,
};

/// Functions of Rust's standard library that only forward to the global allocator; and our own crate's.
constexpr std::array kRustScopes = {
    "alloc::alloc::"sv,
    "<alloc::alloc::Global"sv,
    "std::alloc::"sv,
    "<std::alloc::System"sv,
    "std::sys::alloc::"sv,
    "alloc::raw_vec::"sv,
    "<alloc::raw_vec::"sv,
    "alloc::boxed::box_new_uninit"sv,
    "heaptap::heaptap_tracing::"sv,
    "<heaptap::heaptap_tracing::"sv,
    "heaptap::system::"sv,
    "<heaptap::system::"sv,
    "heaptap::agent::"sv,
    "<heaptap::agent::"sv,
};

/// Legacy names are valid C++ ones that end in a hash: 17h, 16 hexadecimal digits, E.
bool isLegacyRust(std::string_view linkageName) {
  if (!linkageName.starts_with("_ZN")) return false;
  constexpr std::string_view kHash = "17h";
  constexpr std::size_t kDigits = 16;
  for (auto at = linkageName.rfind(kHash); at != std::string_view::npos && at > 0;
       at = linkageName.rfind(kHash, at - 1)) {
    const std::string_view digits = linkageName.substr(at + kHash.size(), kDigits);
    if (digits.size() == kDigits && digits.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
        linkageName.substr(at + kHash.size() + kDigits).starts_with('E')) {
      return true;
    }
  }
  return false;
}

/// `<T as core::alloc::global::GlobalAlloc>::alloc`: whatever allocator the program has.
bool isGlobalAllocator(std::string_view demangled) {
  constexpr std::string_view kTrait = " as core::alloc::global::GlobalAlloc>::";
  const auto at = demangled.find(kTrait);
  if (at == std::string_view::npos || !demangled.starts_with('<')) return false;
  int depth = 0;  // The trait must belong to the first bracket, not to an argument inside.
  for (std::size_t i = 0; i < at; ++i) {
    if (demangled[i] == '<') ++depth;
    if (demangled[i] == '>' && demangled[i - 1] != '-') --depth;
  }
  return depth == 1;
}

bool isRustAllocator(std::string_view linkageName, std::string_view demangled) {
  if (isOneOf(kRustShims, linkageName)) return true;
  if (!linkageName.starts_with("_R") && !isLegacyRust(linkageName)) return false;
  if (cutPrefix(demangled, "__rustc::")) return isOneOf(kRustShims, demangled);
  return startsWithOneOf(kRustScopes, demangled) || isGlobalAllocator(demangled);
}

std::string_view folderOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view lastName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// The standard library's sources as the compiler names them (/rustc/HASH), as rustup installs them, and as
/// distributions do (/usr/src/rustc-1.63.0).
bool isRustLibrary(std::string_view file, std::string_view source) {
  if (!file.ends_with(source)) return false;
  file.remove_suffix(source.size());
  return file.starts_with("/rustc/") || file.starts_with("/usr/src/rustc-") ||
         file.ends_with("/rustlib/src/rust");
}

}  // namespace

bool AllocatorFunctions::contain(std::string_view linkageName, std::string_view demangled) const {
  if (areAll()) return true;
  if (isRustAllocator(linkageName, demangled)) return true;
  const std::string_view whole =
      linkageName.substr(0, linkageName.find_first_of("@."));  // Versions, parts, copies.
  if (m_module == Module::DefinesMalloc && isMallocFamily(whole)) return true;
  return isOperator(whole) || isCompiledIn(linkageName);
}

bool AllocatorFunctions::containScoped(std::string_view qualified) {
  if (!cutPrefix(qualified, "heaptap::")) return false;
  return isOneOf(kHeaptapScopes, qualified.substr(0, qualified.find_first_of("<(:")));
}

bool AllocatorFunctions::containInlined(std::string_view name, std::string_view file) {
  return name.starts_with("heaptap_") && (lastName(file) == "heaptap.h" || file.ends_with("/heaptap/abi.h"));
}

bool AllocatorFunctions::containInlinedRust(std::string_view name, std::string_view file) {
  if (name.substr(0, name.find('<')).find(':') != std::string_view::npos) return false;
  if (isOneOf(kRustShims, name))
    return true;  // Of the program's crate, as #[global_allocator] makes them there.
  constexpr std::array kForwarding = {"/library/alloc/src/alloc.rs"sv, "/library/alloc/src/raw_vec.rs"sv,
                                      "/library/alloc/src/raw_vec/mod.rs"sv, "/library/std/src/alloc.rs"sv};
  if (std::any_of(kForwarding.begin(), kForwarding.end(),
                  [file](std::string_view source) { return isRustLibrary(file, source); })) {
    return true;
  }
  if (name == "box_new_uninit") return isRustLibrary(file, "/library/alloc/src/boxed.rs");
  if (!file.ends_with("/src/heaptap_tracing.rs")) return false;
  const std::string_view crate =
      folderOf(folderOf(file));  // As cargo unpacks it, or in heaptap's own sources.
  return lastName(crate).starts_with("heaptap") || crate.ends_with("agent/rust");
}

}  // namespace heaptap::symbols
