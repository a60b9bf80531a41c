// SPDX-License-Identifier: Apache-2.0
#include "collector/query/findings.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>

#include "collector/model/frame_names.h"

namespace heaptap::query {
namespace {

/// Which functions must go together.
enum class Family { Malloc, New, NewArray };

Family familyOf(v1::Origin origin) {
  switch (origin) {
    case v1::ORIGIN_OPERATOR_NEW:
    case v1::ORIGIN_NEW_NOTHROW:
    case v1::ORIGIN_NEW_ALIGNED:
    case v1::ORIGIN_NEW_ALIGNED_NOTHROW:
    case v1::ORIGIN_OPERATOR_DELETE:
    case v1::ORIGIN_DELETE_SIZED:
    case v1::ORIGIN_DELETE_ALIGNED:
    case v1::ORIGIN_DELETE_SIZED_ALIGNED:
    case v1::ORIGIN_DELETE_NOTHROW:
    case v1::ORIGIN_DELETE_ALIGNED_NOTHROW: return Family::New;
    case v1::ORIGIN_NEW_ARRAY:
    case v1::ORIGIN_NEW_ARRAY_NOTHROW:
    case v1::ORIGIN_NEW_ARRAY_ALIGNED:
    case v1::ORIGIN_NEW_ARRAY_ALIGNED_NOTHROW:
    case v1::ORIGIN_DELETE_ARRAY:
    case v1::ORIGIN_DELETE_ARRAY_SIZED:
    case v1::ORIGIN_DELETE_ARRAY_ALIGNED:
    case v1::ORIGIN_DELETE_ARRAY_SIZED_ALIGNED:
    case v1::ORIGIN_DELETE_ARRAY_NOTHROW:
    case v1::ORIGIN_DELETE_ARRAY_ALIGNED_NOTHROW: return Family::NewArray;
    default: return Family::Malloc;
  }
}

/// The same, as the innermost function says: a C++ runtime's own operator that called malloc or free.
std::optional<Family> familyOf(const model::DefinitionsView& definitions, const model::FrameNames& names,
                               model::StackId stack) {
  if (stack == model::StackId{}) return std::nullopt;
  const model::FrameNames::Lines lines = names.of(definitions.stack(stack).frame);
  if (lines.count == 0) return std::nullopt;
  const model::SymbolLine& last = definitions.lines[lines.first + lines.count - 1];
  if (!last.allocator) return std::nullopt;  // A placement form is the program's own function.
  const std::string_view name = definitions.texts[index(last.function)];
  if (name.starts_with("operator new[](") || name.starts_with("operator delete[](")) return Family::NewArray;
  if (name.starts_with("operator new(") || name.starts_with("operator delete(")) return Family::New;
  return std::nullopt;
}

/// `byName`: of an operator in which the allocator was called. Those of arrays end in a jump to the others.
bool mayBe(Family byName, Family other) {
  return byName == other || (byName == Family::New && other == Family::NewArray);
}

bool mayFall(const model::Finding& finding) {
  return finding.ownOperator || (finding.kind == model::Finding::Kind::MismatchedFree && finding.pair);
}

bool stands(const model::DefinitionsView& definitions, const model::FrameNames& names,
            const model::Finding& finding) {
  if (finding.ownOperator) return false;
  if (!mayFall(finding)) return true;
  const model::Pair& pair = definitions.pair(*finding.pair);
  const auto allocates = familyOf(definitions, names, pair.stack);
  const auto frees = familyOf(definitions, names, finding.freeStack);
  if (allocates && frees) return !mayBe(*allocates, *frees) && !mayBe(*frees, *allocates);
  if (allocates) return !mayBe(*allocates, familyOf(static_cast<v1::Origin>(index(finding.freeOrigin))));
  if (frees) return !mayBe(*frees, familyOf(static_cast<v1::Origin>(index(pair.origin))));
  return true;
}

v1::FindingReport reportOn(const SessionView& view, const model::Finding& finding) {
  const auto idOf = [](auto id) { return static_cast<std::uint32_t>(index(id)); };
  v1::FindingReport report;
  report.set_kind(static_cast<v1::FindingKind>(finding.kind));
  report.set_count(finding.count);
  if (finding.pair) {
    const model::Pair& pair = view.definitions.pair(*finding.pair);
    report.set_size(pair.size);
    report.set_allocation_origin(static_cast<v1::Origin>(index(pair.origin)));
    report.set_allocation_stack(idOf(pair.stack));
  }
  report.set_free_origin(static_cast<v1::Origin>(index(finding.freeOrigin)));
  report.set_free_stack(idOf(finding.freeStack));
  report.set_earlier_free_stack(idOf(finding.earlierFreeStack));
  if (finding.kind == model::Finding::Kind::WrongSize && finding.declaredSize != 0)
    report.set_declared_size(finding.declaredSize);
  if (finding.kind == model::Finding::Kind::WrongAlignment && finding.pair) {
    report.set_alignment(std::uint64_t{1} << (view.definitions.pair(*finding.pair).alignLog2 & 0x3F));
    report.set_declared_alignment(finding.declaredSize);
  }
  report.set_first_ns(finding.firstNs);
  report.set_thread(idOf(finding.thread));
  report.set_address(finding.address);
  report.set_heap(idOf(finding.heap));
  return report;
}

}  // namespace

std::vector<std::uint32_t> standingFindings(const SessionView& view) {
  std::vector<std::uint32_t> ids(view.findings.size());
  std::iota(ids.begin(), ids.end(), 0U);
  if (std::any_of(view.findings.begin(), view.findings.end(), mayFall)) {
    const model::FrameNames names(view.definitions);
    std::erase_if(ids, [&](std::uint32_t id) { return !stands(view.definitions, names, view.findings[id]); });
  }
  std::stable_sort(ids.begin(), ids.end(), [&](std::uint32_t a, std::uint32_t b) {
    return view.findings[a].count > view.findings[b].count;
  });
  return ids;
}

std::vector<v1::FindingReport> findingReports(const SessionView& view) {
  std::vector<v1::FindingReport> reports;
  for (const std::uint32_t id : standingFindings(view)) reports.push_back(reportOn(view, view.findings[id]));
  return reports;
}

}  // namespace heaptap::query
