// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/error.h"
#include "export/sink.h"

namespace heaptap::cli {

/// Standard output, whose failure is an error like any other: a full disk must not look like a short report.
/// When what reads it has closed it, the process ends in silence, by SIGPIPE.
class Output : public exporting::Sink {
 public:
  void write(std::string_view text) override;
  [[nodiscard]] bool hasFailed() const override { return m_error != 0; }
  /// Errors: StorageFull or NotWritable, when anything could not be written.
  [[nodiscard]] Result<void> finish();

 private:
  /// Remembers errno.
  void fail();

  int m_error = 0;  ///< The first errno.
};

}  // namespace heaptap::cli
