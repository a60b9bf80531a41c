// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace heaptap::sql {

/// What people read of a column: `heaptap query FILE --tables`, and docs/schema.md, which a test compares.
struct ColumnWords {
  std::string_view name;
  std::string_view type;     ///< INTEGER, REAL or TEXT.
  std::string_view meaning;  ///< Half a sentence, with its unit.
  bool isHidden = false;  ///< No part of `SELECT *`: the argument of a table that is called like a function.
};

struct TableWords {
  std::string_view name;
  std::string_view meaning;
  std::span<const ColumnWords> columns;
};

}  // namespace heaptap::sql
