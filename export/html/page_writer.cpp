// SPDX-License-Identifier: Apache-2.0
#include "export/html/page_writer.h"

#include "export/html/page_parts.h"

namespace heaptap::exporting {
namespace {

/// Writes `text`; what its places `@name@` stand for is written by `fill`.
template <class Fill>
void writeFilled(std::string_view text, Writer& out, Fill&& fill) {
  while (true) {
    const std::size_t begin = text.find('@');
    const std::size_t end = text.find('@', begin + 1);
    if (begin == std::string_view::npos || end == std::string_view::npos) break;
    out << text.substr(0, begin);
    fill(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
  out << text;
}

}  // namespace

void writePage(const PageKind& kind, Writer& out) {
  const auto fillOwn = [&](std::string_view place) { kind.fill(place, out); };
  writeFilled(page::part("frame.html"), out, [&](std::string_view place) {
    if (place == "body")
      writeFilled(page::part(kind.body), out, fillOwn);
    else if (place == "script")
      out << page::part(kind.script);
    else if (const std::string_view shared = page::part(place); !shared.empty())
      out << shared;
    else
      fillOwn(place);
  });
}

}  // namespace heaptap::exporting
