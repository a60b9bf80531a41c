// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::capture {

/// The environment of this process, as getenv(3) would see it; before libc knows it, as the kernel left it on
/// the stack: the program's .preinit_array and the first libraries' constructors run that early. Null when
/// there is none to be found.
/// Threads: while no other changes the environment, like getenv.
char** environment();

/// The value of a variable; null when it is not set, or empty, and always in a program that has another's
/// rights (like secure_getenv(3)).
const char* environmentVariable(const char* name);

}  // namespace heaptap::capture
