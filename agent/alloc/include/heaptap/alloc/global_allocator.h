// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/global_checks.h>
#include <heaptap/alloc/global_descriptor.h>
#include <heaptap/alloc/heap.h>
#include <heaptap/alloc/operators.h>
#include <heaptap/alloc/sanitized.h>
#if defined(__ELF__)
#include <heaptap/alloc/load_check.h>
#endif

/// Selects the global allocator, in one file of the program and outside of any namespace:
///
///     HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::Headered<heaptap::Stats<heaptap::System>>){};
///
/// This defines the static object ALLOCATOR with the initialiser that follows, an ordinary object of the
/// type: other files may declare it `extern` and use it. Heap forwards to it, and so do operators new and
/// delete.
///
/// | mistake                                    | what says so                                           |
/// |--------------------------------------------|--------------------------------------------------------|
/// | not a GlobalAllocator; a mistyped member   | the compiler, by the names of type and member          |
/// | the initialiser is no constant expression  | the compiler: it is there before the first constructor |
/// | the type has a destructor                  | the compiler: wrap it in NeverDestroyed<>              |
/// | it must be told sizes, and delete cannot   | the compiler: wrap it in Headered<>                    |
/// | two in one program or library              | the linker, by a symbol whose name says it             |
/// | one in a program, another in its library   | the program aborts when it loads that, and names both  |
///
/// In a program built with a sanitizer the operators stay the sanitizer's, which finds more in them.
#define HEAPTAP_GLOBAL_ALLOCATOR(NAME, ...)                                        \
  static_assert(::heaptap::detail::OperatorsAllocatorType<__VA_ARGS__>::kIsValid); \
  HEAPTAP_DECLARE_GLOBAL(NAME, __VA_ARGS__)                                        \
  HEAPTAP_GLOBAL_OPERATORS(NAME)                                                   \
  constinit __VA_ARGS__ NAME

/// The same for Heap alone: operators new and delete stay what they are, and Headered<> is not needed.
#define HEAPTAP_HEAP_ALLOCATOR(NAME, ...)   \
  HEAPTAP_DECLARE_GLOBAL(NAME, __VA_ARGS__) \
  constinit __VA_ARGS__ NAME

#if HEAPTAP_SANITIZED
#define HEAPTAP_GLOBAL_OPERATORS(NAME)
#else
#define HEAPTAP_GLOBAL_OPERATORS(NAME) HEAPTAP_DEFINE_OPERATORS(NAME)
#endif

#if !defined(__ELF__)

#define HEAPTAP_DECLARE_GLOBAL(NAME, ...)                                       \
  static_assert(sizeof(__VA_ARGS__) == 0,                                       \
                "heaptap: a global allocator can be selected on ELF systems "   \
                "(Linux, BSD) only; use an object of the type, and its Ref<>"); \
  extern __VA_ARGS__ NAME;

#else

// The symbol is strong and visible, so that the linker refuses a second one, and so that the loader's choice
// can be compared with this file's own: the address of heaptap_identity_NAME is known to this file only. The
// constructor has the earliest priority that programs may use.
#define HEAPTAP_DECLARE_GLOBAL(NAME, ...)                                                                 \
  static_assert(::heaptap::detail::GlobalAllocatorType<__VA_ARGS__>::kIsValid);                           \
  extern __VA_ARGS__ NAME;                                                                                \
  static char heaptap_identity_##NAME;                                                                    \
  static constexpr ::heaptap::detail::GlobalDescriptor heaptap_description_##NAME =                       \
      ::heaptap::detail::GlobalFunctions<NAME>::describe(#__VA_ARGS__, __FILE__, __LINE__,                \
                                                         &heaptap_identity_##NAME);                       \
  extern "C" {                                                                                            \
  __attribute__((used, visibility("default"))) extern constinit const ::heaptap::detail::GlobalDescriptor \
      heaptap_error_only_one_GLOBAL_ALLOCATOR_may_be_defined = heaptap_description_##NAME;                \
  }                                                                                                       \
  __attribute__((constructor(101))) static void heaptap_check_##NAME() {                                  \
    ::heaptap::detail::requireOnlyDefinition(heaptap_description_##NAME);                                 \
  }
#endif
