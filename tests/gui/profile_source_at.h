// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "client/collector_source.h"
#include "gui/client/asking/channel.h"

namespace heaptap::gui::test {

/// As the viewer attaches to a collector.
inline std::shared_ptr<client::ProfileSource> sourceAt(const std::string& address,
                                                       client::CallLimits limits = {}) {
  return std::make_shared<client::CollectorSource>(*openChannel(address), address, limits);
}

}  // namespace heaptap::gui::test
