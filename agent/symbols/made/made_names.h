// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/symbols/resolver.h"
#include "base/unique_fd.h"

/// Names of code that a program has made at run time (JIT compilers), from the files that it writes for
/// profilers. Such files are not trusted: what breaks their rules ends the reading.
namespace heaptap::symbols {

/// The lines that were found, by address.
using MadeNames = std::map<std::uint64_t, SourceLine>;

/// From a perf map (Linux, tools/perf/Documentation/jit-interface.txt): a line for each function, `START SIZE
/// NAME`, hexadecimal. Of several that contain an address the last one counts: it was written last.
/// `addresses`: sorted. Only what is asked for is kept.
[[nodiscard]] MadeNames namesInPerfMap(const UniqueFd& file, const std::vector<std::uint64_t>& addresses);

/// From a jitdump (Linux, tools/perf/Documentation/jitdump-specification.txt), with files and lines where it
/// has them. Of several functions that were at an address the one that came last counts.
[[nodiscard]] MadeNames namesInJitDump(const UniqueFd& file, const std::vector<std::uint64_t>& addresses);

}  // namespace heaptap::symbols
