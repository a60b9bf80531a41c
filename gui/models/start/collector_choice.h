// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

namespace heaptap::gui {

/// A collector, and with what the viewer goes there. The rest is empty where it is not wanted; file names.
struct CollectorChoice {
  QString address = {};      ///< As it is called everywhere: unix:PATH, HOST:PORT or tls://HOST:PORT.
  QString ca = {};           ///< Who signs its certificate.
  QString certificate = {};  ///< The viewer's own, where the collector wants one.
  QString key = {};
  QString serverName = {};  ///< In its certificate, where it is not the host.
  QString tokenFile = {};

  bool operator==(const CollectorChoice&) const = default;
};

/// Those that something is kept for.
using CollectorChoices = std::vector<CollectorChoice>;

/// Why one cannot go there as it is, in a line; or empty.
[[nodiscard]] QString problemOf(const CollectorChoice& choice);

}  // namespace heaptap::gui
