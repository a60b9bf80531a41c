// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elfutils/libdw.h>

namespace heaptap::symbols {

/// Whether every string section of this debug information ends with a zero byte. libdw relies on it without
/// a check, so that in a damaged file a name could go on beyond the section. Files that libdw refers to by
/// itself (the alternative debug file) are looked at, too.
[[nodiscard]] bool stringsAreTerminated(Dwarf* dwarf);

}  // namespace heaptap::symbols
