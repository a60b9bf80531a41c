// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "cli/terminal/pager.h"
#include "export/sink.h"

namespace heaptap::cli {

/// Standard output, whose failure is an error like any other: a full disk must not look like a short report.
/// When what reads it has closed it, the process ends in silence, by SIGPIPE.
class Output : public exporting::Sink {
 public:
  /// `pager`: where there is one, what is written goes through it.
  explicit Output(std::unique_ptr<Pager> pager = nullptr) : m_pager(std::move(pager)) {}

  void write(std::string_view text) override;
  [[nodiscard]] bool hasFailed() const override {
    return m_error != 0 || (m_pager != nullptr && m_pager->isLeft());
  }
  /// All is written; waits for the reader of a pager.
  /// Errors: StorageFull or NotWritable, when anything could not be written.
  [[nodiscard]] Result<void> finish();
  /// What was written so far goes out now. Not with a pager. Errors: likewise.
  [[nodiscard]] Result<void> flush() { return finish(); }

 private:
  /// Remembers errno.
  void fail();

  std::unique_ptr<Pager> m_pager;  ///< Null: none.
  int m_error = 0;                 ///< The first errno.
};

}  // namespace heaptap::cli
