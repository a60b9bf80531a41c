// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <utility>
#include <vector>

#include "gui/models/site.h"

namespace heaptap::gui::test {

/// Makes sets of call sites as readable text:
///   siteSet({{.stack = 1, .functions = "parse;main", .liveBytes = 128, .liveBlocks = 2}})
struct SiteText {
  quint64 stack = 0;
  QString functions;  ///< Innermost first.
  quint64 liveBytes = 0;
  quint64 liveBlocks = 0;
  quint64 allocations = 0;
  quint64 peakBytes = 0;
  quint64 temporaries = 0;
  std::vector<SizeBucket> sizes = {};
};

inline Sites siteSet(const std::vector<SiteText>& texts) {
  auto set = std::make_shared<SiteSet>();
  for (const SiteText& text : texts) {
    Site site;
    site.stack = text.stack;
    site.liveBytes = text.liveBytes;
    site.liveBlocks = text.liveBlocks;
    site.allocations = text.allocations;
    site.peakBytes = text.peakBytes;
    site.temporaries = text.temporaries;
    site.sizes = text.sizes;
    for (const QString& function : text.functions.split(';', Qt::SkipEmptyParts)) {
      site.lines.push_back(static_cast<quint32>(set->lines.size()));
      set->lines.push_back({.function = function,
                            .file = QStringLiteral("/src/") + function + QStringLiteral(".cpp"),
                            .line = 12,
                            .module = QStringLiteral("/usr/bin/program"),
                            .inlined = false,
                            .guessed = false,
                            .pc = 0x1000});
    }
    describe(site, *set);
    set->sites.push_back(std::move(site));
  }
  return set;
}

}  // namespace heaptap::gui::test
