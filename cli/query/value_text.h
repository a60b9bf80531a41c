// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sql/query/value.h"

namespace heaptap::cli {

/// A number in decimal, as short as it can be read back.
[[nodiscard]] std::string numberText(double number);

/// Bytes as SQL writes them: `x'28b52ffd'`. `most`: so many are shown, then `…`.
[[nodiscard]] std::string blobText(std::string_view bytes, std::size_t most = std::string_view::npos);

/// A value in one line, with control characters shown. NULL is `NULL`.
[[nodiscard]] std::string valueText(const sql::Value& value);

[[nodiscard]] bool isNumber(const sql::Value& value);

}  // namespace heaptap::cli
