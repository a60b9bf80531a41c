// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/named_mark.h"

#include <charconv>
#include <optional>

namespace heaptap::replay {
namespace {

std::optional<std::size_t> numberIn(const std::string& name) {
  std::size_t number = 0;
  if (!name.starts_with('#')) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

Result<std::size_t> markCalled(const std::vector<model::Mark>& marks, const std::string& name) {
  std::optional<std::size_t> named;
  std::optional<std::size_t> numbered;
  const std::optional<std::size_t> number = numberIn(name);
  std::size_t snapshots = 0;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].name == name) named = i;
    if (marks[i].snapshot != model::Mark::Snapshot::None && ++snapshots == number) numbered = i;
  }
  if (named || numbered) return named ? *named : *numbered;
  return failure(Code::NotFound, name, "the session has no mark or snapshot of this name",
                 marks.empty() ? "there are none: heaptap mark PID NAME makes one"
                               : "the report lists them under marks");
}

}  // namespace heaptap::replay
