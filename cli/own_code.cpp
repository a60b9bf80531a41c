// SPDX-License-Identifier: Apache-2.0
#include "cli/own_code.h"

#include <algorithm>
#include <array>

#include "analysis/files/code_list_file.h"
#include "cli/message.h"

namespace heaptap::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::array kReaders{"report"sv, "blocks"sv, "threads"sv, "top"sv,
                              "diff"sv,   "check"sv,  "export"sv,  "suppress"sv};
/// Their summaries name call sites at the end.
constexpr std::array kRecorders{"run"sv, "recover"sv};

}  // namespace

Result<void> useOwnCodeFor(std::string_view command) {
  const bool records = std::ranges::find(kRecorders, command) != kRecorders.end();
  if (!records && std::ranges::find(kReaders, command) == kReaders.end()) return {};
  auto used = analysis::useCodeListOf(analysis::codeListFile());
  if (used || !records) return used;
  printWarning(used.error().line());
  return {};
}

}  // namespace heaptap::cli
