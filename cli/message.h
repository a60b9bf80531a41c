// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace heaptap::cli {

/// `heaptap: WHERE: WHAT; REMEDY`: one line on standard error, also where the texts contain control
/// characters.
void printError(const Error& error);

/// `heaptap: warning: …`
void printWarning(std::string_view text);

/// `heaptap: …`
void printNote(std::string_view text);

}  // namespace heaptap::cli
