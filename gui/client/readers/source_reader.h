// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "base/error.h"
#include "gui/models/source/source_file.h"

namespace heaptap::gui {

/// Files beyond that are not read; lines beyond that are cut.
inline constexpr qint64 kMostSourceBytes = 32 << 20;
inline constexpr qsizetype kMostLineLetters = 2'000;

/// Reads a source file of this host, with what its lines cost. Nothing but regular files is opened; where the
/// user is asked first, none outside the folders that were allowed, wherever links lead.
/// Errors: none; what could not be read says so. Threads: any.
[[nodiscard]] Result<SourceFilePtr> readSource(const SourceWish& wish, const std::stop_token& stop);

}  // namespace heaptap::gui
