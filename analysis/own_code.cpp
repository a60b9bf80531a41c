// SPDX-License-Identifier: Apache-2.0
#include "analysis/own_code.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "analysis/code_list.h"
#include "text/function_name.h"

namespace heaptap::analysis {
namespace {

using namespace std::string_view_literals;

struct OwnedName {
  std::string_view name;  ///< With `*` at its end: what begins so.
  CodeOwner owner;
};

bool matches(std::string_view text, std::string_view name) {
  if (name.ends_with('*')) return text.starts_with(name.substr(0, name.size() - 1));
  return text == name;
}

template <std::size_t N>
std::optional<CodeOwner> ownerIn(const std::array<OwnedName, N>& names, std::string_view text) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [text](const OwnedName& each) { return matches(text, each.name); });
  return found == names.end() ? std::nullopt : std::optional(found->owner);
}

/// Modules, by the last part of their paths.
constexpr std::array kModules = {
    OwnedName{"libc.so*", CodeOwner::CLibrary},
    OwnedName{"libc-2.*", CodeOwner::CLibrary},
    OwnedName{"libm.so*", CodeOwner::CLibrary},
    OwnedName{"libpthread.so*", CodeOwner::CLibrary},
    OwnedName{"libpthread-2.*", CodeOwner::CLibrary},
    OwnedName{"libdl.so*", CodeOwner::CLibrary},
    OwnedName{"librt.so*", CodeOwner::CLibrary},
    OwnedName{"libresolv.so*", CodeOwner::CLibrary},
    OwnedName{"libnss_*", CodeOwner::CLibrary},
    OwnedName{"ld-linux*", CodeOwner::Loader},
    OwnedName{"ld-musl*", CodeOwner::Loader},
    OwnedName{"ld-2.*", CodeOwner::Loader},
    OwnedName{"ld.so*", CodeOwner::Loader},
    OwnedName{"[vdso]", CodeOwner::Loader},
    OwnedName{"libstdc++.so*", CodeOwner::CppRuntime},
    OwnedName{"libc++.so*", CodeOwner::CppRuntime},
    OwnedName{"libc++abi.so*", CodeOwner::CppRuntime},
    OwnedName{"libgcc_s.so*", CodeOwner::CppRuntime},
    OwnedName{"libunwind.so*", CodeOwner::CppRuntime},
    OwnedName{"libstd-*", CodeOwner::RustRuntime},
    OwnedName{"libheaptap*", CodeOwner::Allocation},
    OwnedName{"libjemalloc*", CodeOwner::Allocation},
    OwnedName{"libtcmalloc*", CodeOwner::Allocation},
    OwnedName{"libmimalloc*", CodeOwner::Allocation},
};

/// Functions that start the program and its threads, wherever they are.
constexpr std::array kStart = {
    OwnedName{"_start", CodeOwner::Start},
    OwnedName{"__libc_start_main*", CodeOwner::Start},
    OwnedName{"__libc_start_call_main", CodeOwner::Start},
    OwnedName{"__libc_csu_init", CodeOwner::Start},
    OwnedName{"start_thread", CodeOwner::Start},
    OwnedName{"clone", CodeOwner::Start},
    OwnedName{"clone3", CodeOwner::Start},
    OwnedName{"__clone", CodeOwner::Start},
    OwnedName{"__clone3", CodeOwner::Start},
};

/// Functions in any module, as one says their names: runtimes are linked statically too, and templates are
/// compiled into the program.
constexpr std::array kFunctions = {
    OwnedName{"std::*", CodeOwner::CppRuntime},
    OwnedName{"__gnu_cxx::*", CodeOwner::CppRuntime},
    OwnedName{"__gnu_debug::*", CodeOwner::CppRuntime},
    OwnedName{"__gnu_parallel::*", CodeOwner::CppRuntime},
    OwnedName{"__cxxabiv1::*", CodeOwner::CppRuntime},
    OwnedName{"__cxa_*", CodeOwner::CppRuntime},
    OwnedName{"_Unwind_*", CodeOwner::CppRuntime},
    OwnedName{"operator new*", CodeOwner::CppRuntime},
    OwnedName{"__rust_*", CodeOwner::RustRuntime},
    OwnedName{"__rdl_*", CodeOwner::RustRuntime},
    OwnedName{"__rg_*", CodeOwner::RustRuntime},
    // Allocation on behalf of the caller, in libraries and programs that many know.
    OwnedName{"malloc", CodeOwner::Allocation},
    OwnedName{"calloc", CodeOwner::Allocation},
    OwnedName{"realloc", CodeOwner::Allocation},
    OwnedName{"xmalloc*", CodeOwner::Allocation},
    OwnedName{"xcalloc*", CodeOwner::Allocation},
    OwnedName{"xrealloc*", CodeOwner::Allocation},
    OwnedName{"xzalloc*", CodeOwner::Allocation},
    OwnedName{"xnmalloc*", CodeOwner::Allocation},
    OwnedName{"x2realloc*", CodeOwner::Allocation},
    OwnedName{"x2nrealloc*", CodeOwner::Allocation},
    OwnedName{"xpalloc*", CodeOwner::Allocation},
    OwnedName{"xmemdup*", CodeOwner::Allocation},
    OwnedName{"ximalloc*", CodeOwner::Allocation},
    OwnedName{"xireallo*", CodeOwner::Allocation},
    OwnedName{"xicalloc*", CodeOwner::Allocation},
    OwnedName{"xstrdup*", CodeOwner::Allocation},
    OwnedName{"xstrndup*", CodeOwner::Allocation},
    OwnedName{"xvasprintf*", CodeOwner::Allocation},
    OwnedName{"xasprintf*", CodeOwner::Allocation},
    OwnedName{"do_xmalloc*", CodeOwner::Allocation},
    OwnedName{"sh_xmalloc", CodeOwner::Allocation},
    OwnedName{"sh_xrealloc", CodeOwner::Allocation},
    OwnedName{"safe_malloc", CodeOwner::Allocation},
    OwnedName{"safe_calloc", CodeOwner::Allocation},
    OwnedName{"safe_realloc", CodeOwner::Allocation},
    OwnedName{"g_malloc*", CodeOwner::Allocation},
    OwnedName{"g_try_malloc*", CodeOwner::Allocation},
    OwnedName{"g_realloc*", CodeOwner::Allocation},
    OwnedName{"g_try_realloc*", CodeOwner::Allocation},
    OwnedName{"g_slice_alloc*", CodeOwner::Allocation},
    OwnedName{"g_slice_copy", CodeOwner::Allocation},
    OwnedName{"g_aligned_alloc*", CodeOwner::Allocation},
    OwnedName{"g_strdup", CodeOwner::Allocation},
    OwnedName{"g_strndup", CodeOwner::Allocation},
    OwnedName{"g_memdup*", CodeOwner::Allocation},
    OwnedName{"PyMem_*", CodeOwner::Allocation},
    OwnedName{"_PyMem_*", CodeOwner::Allocation},
    OwnedName{"PyObject_Malloc", CodeOwner::Allocation},
    OwnedName{"PyObject_Calloc", CodeOwner::Allocation},
    OwnedName{"PyObject_Realloc", CodeOwner::Allocation},
    OwnedName{"_PyObject_Malloc*", CodeOwner::Allocation},
    OwnedName{"_PyObject_Calloc*", CodeOwner::Allocation},
    OwnedName{"_PyObject_Realloc*", CodeOwner::Allocation},
    OwnedName{"jv_mem_*", CodeOwner::Allocation},
    OwnedName{"sqlite3Malloc*", CodeOwner::Allocation},
    OwnedName{"sqlite3_malloc*", CodeOwner::Allocation},
    OwnedName{"sqlite3Realloc*", CodeOwner::Allocation},
    OwnedName{"sqlite3_realloc*", CodeOwner::Allocation},
    OwnedName{"sqlite3DbMalloc*", CodeOwner::Allocation},
    OwnedName{"sqlite3MemMalloc", CodeOwner::Allocation},
    OwnedName{"sqlite3MemRealloc", CodeOwner::Allocation},
    OwnedName{"CRYPTO_malloc*", CodeOwner::Allocation},
    OwnedName{"CRYPTO_zalloc*", CodeOwner::Allocation},
    OwnedName{"CRYPTO_realloc*", CodeOwner::Allocation},
    OwnedName{"CRYPTO_strdup*", CodeOwner::Allocation},
    OwnedName{"png_malloc*", CodeOwner::Allocation},
    OwnedName{"av_malloc*", CodeOwner::Allocation},
    OwnedName{"av_mallocz*", CodeOwner::Allocation},
    OwnedName{"av_realloc*", CodeOwner::Allocation},
    OwnedName{"apr_palloc*", CodeOwner::Allocation},
    OwnedName{"ngx_alloc", CodeOwner::Allocation},
    OwnedName{"zmalloc*", CodeOwner::Allocation},
    OwnedName{"zcalloc*", CodeOwner::Allocation},
    OwnedName{"zrealloc*", CodeOwner::Allocation},
    OwnedName{"QArrayData::allocate*", CodeOwner::Allocation},
    OwnedName{"QArrayData::reallocate*", CodeOwner::Allocation},
    OwnedName{"fz_malloc*", CodeOwner::Allocation},
    OwnedName{"llvm::safe_malloc*", CodeOwner::Allocation},
    OwnedName{"llvm::safe_calloc*", CodeOwner::Allocation},
    OwnedName{"llvm::safe_realloc*", CodeOwner::Allocation},
    OwnedName{"llvm::allocate_buffer*", CodeOwner::Allocation},
    OwnedName{"llvm::MallocAllocator::*", CodeOwner::Allocation},
    OwnedName{"llvm::BumpPtrAllocatorImpl*", CodeOwner::Allocation},
    OwnedName{"llvm::SmallVectorBase*", CodeOwner::Allocation},
};

/// Crates of Rust's standard library, and what is built into it. Only where the line may be Rust's: C++ has
/// namespaces of these names too.
constexpr std::array kRustCrates = {"alloc::"sv,     "core::"sv,    "std::"sv,
                                    "hashbrown::"sv, "__rustc::"sv, "rustc_std_workspace_"sv};

/// Sources that come with compilers.
bool isCppHeader(std::string_view file) { return file.find("/include/c++/") != std::string_view::npos; }
bool isRustLibrary(std::string_view file) {
  return file.starts_with("/rustc/") || file.find("/rustlib/src/rust/library/") != std::string_view::npos;
}

/// `alloc::vec::Vec<T>::push`, `<alloc::vec::Vec<T> as core::clone::Clone>::clone`, `<T as alloc::…>::…`; but
/// not `<app::Parser as core::clone::Clone>::clone`, which the program has written.
bool isRustRuntime(std::string_view function) {
  const auto isCrate = [](std::string_view path) {
    while (!path.empty() && (path.front() == '&' || path.front() == '[' || path.front() == '('))
      path.remove_prefix(1);
    return std::any_of(kRustCrates.begin(), kRustCrates.end(),
                       [path](std::string_view crate) { return path.starts_with(crate); });
  };
  if (!function.starts_with('<')) return isCrate(function);
  const std::string_view type = function.substr(1);
  if (isCrate(type)) return true;
  const auto as = type.find(" as ");
  // A type without a path is a parameter or built in, so the code is the trait's.
  return as != std::string_view::npos && type.substr(0, as).find("::") == std::string_view::npos &&
         isCrate(type.substr(as + 4));
}

}  // namespace

std::vector<std::string_view> namesOfKnownFunctions() {
  std::vector<std::string_view> names;
  for (const OwnedName& each : kStart) names.push_back(each.name);
  for (const OwnedName& each : kFunctions) names.push_back(each.name);
  return names;
}

std::vector<std::string_view> namesOfKnownModules() {
  std::vector<std::string_view> names;
  for (const OwnedName& each : kModules) names.push_back(each.name);
  return names;
}

std::string_view nameOf(CodeOwner owner) {
  switch (owner) {
    case CodeOwner::Program: return "the program";
    case CodeOwner::Allocation: return "allocation functions";
    case CodeOwner::CLibrary: return "the C library";
    case CodeOwner::CppRuntime: return "the C++ library";
    case CodeOwner::RustRuntime: return "Rust's library";
    case CodeOwner::Loader: return "the loader";
    case CodeOwner::Start: return "the start of the program";
    case CodeOwner::Listed: return "a runtime of your list";
  }
  return {};
}

CodeOwner ownerOf(std::string_view function, std::string_view module, std::string_view file) {
  constexpr std::size_t kLongest = 2048;  // What decides stands at the beginning; a name may have megabytes.
  if (const auto owner = ownerIn(kStart, function)) return *owner;
  if (const auto list = codeListInUse()) {
    const std::string_view name = function.substr(0, kLongestName);
    if (const auto isOwn = list->isOwn(name, spokenFunctionName(name), module))
      return *isOwn ? CodeOwner::Program : CodeOwner::Listed;
  }
  if (const auto owner = ownerIn(kModules, module.substr(module.rfind('/') + 1))) return *owner;
  if (isRustLibrary(file)) return CodeOwner::RustRuntime;
  if (isCppHeader(file)) return CodeOwner::CppRuntime;
  function = function.substr(0, kLongest);
  const bool isRust = file.ends_with(".rs");
  const std::string spoken = spokenFunctionName(function);
  // C++ has namespaces of these names too, but says the parameters of what is in them.
  // library.
  const bool mayBeRust = isRust || (file.empty() && !spoken.starts_with("std::") && spoken == function);
  if (mayBeRust && isRustRuntime(function)) return CodeOwner::RustRuntime;
  // A class with an operator new of its own allocates for those who make its objects.
  if (spoken.ends_with("::operator new") || spoken.ends_with("::operator new[]"))
    return CodeOwner::Allocation;
  return ownerIn(kFunctions, spoken).value_or(CodeOwner::Program);
}

OwnCode::OwnCode(client::Profile profile)
    : m_profile(std::move(profile)), m_owners(m_profile.names->functionCount(), kUnknown) {}

CodeOwner OwnCode::ownerOf(model::FrameId frame, std::uint32_t line) {
  const client::FunctionId function = m_profile.names->functions(frame)[line];
  if (function == client::FrameNames::kAllocator) return CodeOwner::Allocation;
  std::uint8_t& owner = m_owners[index(function)];
  if (owner == kUnknown) {
    const client::StackLine text = client::lineOf(m_profile, frame, line);
    // What stands in place of frames that are not known is no code of the program's.
    owner = static_cast<std::uint8_t>(text.address == 0 && text.module.empty()
                                          ? CodeOwner::Loader
                                          : analysis::ownerOf(text.function, text.module, text.file));
  }
  return static_cast<CodeOwner>(owner);
}

bool OwnCode::isMain(model::FrameId frame, std::uint32_t line) const {
  const client::StackLine text = client::lineOf(m_profile, frame, line);
  return text.function == "main" && text.file.empty();
}

std::optional<OwnCode::Place> OwnCode::innermostOwn(model::StackId stack) {
  if (index(stack) >= m_profile.definitions.stacks.size()) return std::nullopt;
  bool isRust = false;
  while (stack != model::StackId{}) {
    const model::StackNode& node = m_profile.definitions.stack(stack);
    const auto functions = m_profile.names->functions(node.frame);
    for (std::uint32_t line = 0; line < functions.size(); ++line) {
      const CodeOwner owner = ownerOf(node.frame, line);
      if (owner == CodeOwner::Start) return std::nullopt;
      if (owner == CodeOwner::Program && !(isRust && isMain(node.frame, line)))
        return Place{.stack = stack, .line = line, .function = functions[line]};
      isRust = owner == CodeOwner::RustRuntime;
    }
    stack = node.parent;
  }
  return std::nullopt;
}

std::vector<client::StackLine> OwnCode::ownLines(model::StackId stack, std::size_t most) {
  std::vector<client::StackLine> lines;
  const std::optional<Place> innermost = innermostOwn(stack);
  if (!innermost) {
    lines = client::stackLines(m_profile, stack);
    if (lines.size() > most) lines.resize(most);
    return lines;
  }
  bool isRust = false;
  for (Place at = *innermost; at.stack != model::StackId{} && lines.size() < most;) {
    const model::StackNode& node = m_profile.definitions.stack(at.stack);
    const std::uint32_t count = client::frameLines(m_profile, node.frame);
    for (std::uint32_t line = at.line; line < count && lines.size() < most; ++line) {
      const CodeOwner owner = ownerOf(node.frame, line);
      if (owner == CodeOwner::Start || (isRust && isMain(node.frame, line))) return lines;
      if (owner == CodeOwner::Program) lines.push_back(client::lineOf(m_profile, node.frame, line));
      isRust = owner == CodeOwner::RustRuntime;
    }
    at = {.stack = node.parent, .line = 0, .function = {}};
  }
  return lines;
}

}  // namespace heaptap::analysis
