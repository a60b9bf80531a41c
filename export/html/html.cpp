// SPDX-License-Identifier: Apache-2.0
#include "export/html/html.h"

#include "export/html/page_data.h"
#include "export/html/page_parts.h"
#include "export/writer.h"
#include "proto/words/session_words.h"

namespace heaptap::exporting {

void writeHtml(const Subject& subject, Sink& sink) {
  Writer out(sink);
  std::string_view rest = page::kHtml;
  while (true) {
    const std::size_t begin = rest.find('@');
    const std::size_t end = rest.find('@', begin + 1);
    if (begin == std::string_view::npos || end == std::string_view::npos) break;
    out << rest.substr(0, begin);
    const std::string_view place = rest.substr(begin + 1, end - begin - 1);
    if (place == "css") out << page::kCss;
    if (place == "js") out << page::kJs;
    if (place == "data") writePageData(subject, out);
    if (place == "leaks")
      out << (subject.profile.snapshot || leftWord(subject.summary()) != "leaked" ? "Live blocks" : "Leaks");
    rest.remove_prefix(end + 1);
  }
  out << rest;
}

}  // namespace heaptap::exporting
