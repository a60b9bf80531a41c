// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <utility>

#include "export/writer.h"

namespace heaptap::exporting {

/// `"key":[…]`, an entry for each of `values`, which `write` writes.
template <class Values, class Write>
void writeArray(Writer& out, std::string_view key, const Values& values, Write&& write) {
  out << '"' << key << "\":[";
  bool isFirst = true;
  for (const auto& value : values) {
    if (!isFirst) out << ',';
    isFirst = false;
    write(value);
  }
  out << ']';
}

}  // namespace heaptap::exporting
