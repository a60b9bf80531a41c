// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Libraries that are opened with RTLD_DEEPBIND look for malloc in libc first, and not where heaptap's is.
/// Their imports are directed to heaptap's as soon as they can be used: what they call then does what it did,
/// and is recorded.
namespace heaptap::interpose {

/// One will be opened. Weak, and null in the library that does not define malloc.
[[gnu::weak, gnu::visibility("hidden")]] void expectDeepBound();

/// Directs their imports, if there are any that it has not seen. Takes the loader's lock then, so it is only
/// for callers that are about to take that anyway. Threads: any.
[[gnu::weak, gnu::visibility("hidden")]] void directDeepBound();

}  // namespace heaptap::interpose
