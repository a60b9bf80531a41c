// SPDX-License-Identifier: Apache-2.0
#pragma once

// HEAPTAP_SANITIZED: 1 where the program is built with a sanitizer that has a malloc, and operators, of its
// own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__SANITIZE_HWADDRESS__)
#define HEAPTAP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer) || __has_feature(hwaddress_sanitizer) || __has_feature(leak_sanitizer)
#define HEAPTAP_SANITIZED 1
#endif
#endif
#if !defined(HEAPTAP_SANITIZED)
#define HEAPTAP_SANITIZED 0
#endif
