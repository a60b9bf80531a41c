// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/error.h"
#include "client/profile.h"
#include "gui/client/sites/name_texts.h"
#include "gui/models/findings/finding.h"

namespace heaptap::gui {

/// Findings with the stacks that they were made with, as the profile has them; `texts` are shared with others
/// of the same session.
/// Errors: Corrupt: more, or deeper stacks, than any session has.
[[nodiscard]] Result<Findings> readFindings(const std::vector<v1::FindingReport>& reports,
                                            const client::Profile& profile, NameTexts& texts);

}  // namespace heaptap::gui
