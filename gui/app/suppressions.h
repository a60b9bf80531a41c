// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>
#include <memory>

#include "analysis/leaks/leak_judge.h"
#include "base/error.h"

namespace heaptap::gui {

/// The files that say which leaks are known, and what they say.
struct Suppressions {
  QStringList files;
  std::shared_ptr<const analysis::LeakRules> rules;
};

/// Reads the files. None: what is built in, and what programs have built in.
/// Threads: any; may take long. Errors: as analysis::readLeakRules().
[[nodiscard]] Result<Suppressions> readSuppressions(const QStringList& files);

}  // namespace heaptap::gui
