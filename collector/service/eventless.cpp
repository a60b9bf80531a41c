// SPDX-License-Identifier: Apache-2.0
#include "collector/service/eventless.h"

#include <string>

#include "collector/model/copied_session.h"

namespace heaptap::service {
namespace {

/// `, and for a snapshot: warm, full`; empty: there is none.
std::string snapshotsText(const query::SessionView& view) {
  constexpr std::size_t kMostText = 200;
  std::string names;
  for (const model::Mark& mark : view.history.marks)
    if (mark.snapshot == model::Mark::Snapshot::Kept && !mark.name.empty() && names.size() < kMostText)
      names += (names.empty() ? ", and for a snapshot: " : ", ") + mark.name;
  return names;
}

}  // namespace

std::optional<Error> eventlessError(const query::SessionView& view) {
  if (model::isImported(view.identity.agentVersion))
    return Error{Code::NotFound, view.custody.file, "it was imported, and has no single events",
                 "heaptap report can be asked for its end"};
  if (!view.identity.withoutEvents) return std::nullopt;
  return Error{Code::NotFound, view.custody.file,
               "it was recorded with --no-events, and has no single events",
               "heaptap report can be asked for its end" + snapshotsText(view)};
}

}  // namespace heaptap::service
