// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "collector/query/session_view.h"

namespace heaptap::service {

/// A session as it was at one of its snapshots: all its definitions and names, with the numbers of then.
struct SnapshotView {
  query::SharedView view;
  model::Mark mark;
};

/// Reads a snapshot's numbers from the session's file.
/// `name`: of the snapshot; the last one, where several have it. Where none has, `#N` is the N-th of all,
/// from 1. Errors: NotFound, and as reading the file; Corrupt when the numbers do not agree with the session.
Result<SnapshotView> viewAtSnapshot(const query::SharedView& view, const std::string& name);

}  // namespace heaptap::service
