// SPDX-License-Identifier: Apache-2.0
#include "cli/query/row_format.h"

#include <array>
#include <string>

#include "cli/near_word.h"

namespace heaptap::cli {
namespace {

constexpr std::array kRowFormats{
    RowFormat{"table", "aligned columns; numbers to the right", tableRows},
    RowFormat{"csv", "RFC 4180, with a line of names; NULL is an empty field, a text has quotes", csvRows},
    RowFormat{"json", "an array of objects for each statement", jsonRows},
    RowFormat{"markdown", "a table to paste into an issue", markdownRows},
};

}  // namespace

std::span<const RowFormat> rowFormats() { return kRowFormats; }

Result<const RowFormat*> rowFormatNamed(std::string_view name) {
  std::string names;
  for (const RowFormat& format : kRowFormats) {
    if (format.name == name) return &format;
    names += (names.empty() ? "" : ", ") + std::string(format.name);
  }
  return failure(Code::Usage, "query", "there is no format '" + std::string(name) + "'",
                 "use one of: " + names);
}

}  // namespace heaptap::cli
