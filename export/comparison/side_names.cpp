// SPDX-License-Identifier: Apache-2.0
#include "export/comparison/side_names.h"

#include <cstddef>
#include <filesystem>

#include "export/labels.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kMostOfName = 300;

/// The parts of a path behind the last `/`, and `more` before it.
std::string endOf(const std::string& path, std::size_t more) {
  std::size_t at = path.rfind('/');
  while (more-- > 0 && at != std::string::npos && at > 0) at = path.rfind('/', at - 1);
  return at == std::string::npos ? path : path.substr(at + 1);
}

}  // namespace

std::pair<std::string, std::string> distinctEnds(const std::string& one, const std::string& other) {
  const std::string first = std::filesystem::path(one).lexically_normal().string();
  const std::string second = std::filesystem::path(other).lexically_normal().string();
  if (first != second)
    for (std::size_t more = 0;; ++more) {
      const std::string a = endOf(first, more);
      const std::string b = endOf(second, more);
      if (a != b) return {a, b};
      if (a == first || b == second) return {first, second};  // `/a` and `a`.
    }
  return {endOf(first, 0), endOf(second, 0)};
}

std::pair<std::string, std::string> sideNames(const std::vector<analysis::ComparedRun>& before,
                                              const std::vector<analysis::ComparedRun>& after) {
  const auto named = [](const std::string& name, std::size_t runs) {
    const std::string text = clipped(printable(name), kMostOfName);
    return runs == 1 ? text : text + " and " + formatCount(runs - 1) + " more";
  };
  const auto [first, second] = distinctEnds(before.front().name, after.front().name);
  return {named(first, before.size()), named(second, after.size())};
}

}  // namespace heaptap::exporting
