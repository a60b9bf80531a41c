// SPDX-License-Identifier: Apache-2.0
#include "export/html/html.h"

#include "export/html/page_data.h"
#include "export/html/page_writer.h"
#include "proto/words/session_words.h"

namespace heaptap::exporting {

void writeHtml(const Subject& subject, Sink& sink) {
  Writer out(sink);
  const bool isLive = subject.profile.instant || !hasEndedByItself(subject.summary());
  writePage({.body = "page.html",
             .script = "page.js",
             .fill =
                 [&](std::string_view place, Writer& page) {
                   if (place == "data") writePageData(subject, page);
                   if (place == "leaks") page << (isLive ? "Live blocks" : "Leaks");
                 }},
            out);
}

}  // namespace heaptap::exporting
