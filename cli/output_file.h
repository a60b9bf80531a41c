// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "cli/terminal/progress.h"
#include "cli/unfinished_file.h"
#include "export/file_sink.h"

namespace heaptap::cli {

/// Passes bytes on, and tells how many they were.
class CountingSink : public exporting::Sink {
 public:
  CountingSink(exporting::Sink& sink, Progress& progress) : m_sink(sink), m_progress(progress) {}
  void write(std::string_view bytes) override {
    m_sink.write(bytes);
    m_progress.count(m_bytes += bytes.size());
  }
  [[nodiscard]] bool hasFailed() const override { return m_sink.hasFailed(); }

 private:
  exporting::Sink& m_sink;
  Progress& m_progress;
  std::uint64_t m_bytes = 0;
};

/// Writes a file that has all of it, or is as it was before, also where a signal ends the process meanwhile.
/// `write(sink)`. Errors: those of FileSink.
template <class Write>
[[nodiscard]] Result<void> writeOutputFile(const std::string& file, Progress& progress, Write&& write) {
  auto sink = exporting::FileSink::create(file);
  if (!sink) return tl::unexpected(std::move(sink.error()));
  const UnfinishedFile unfinished((*sink)->temporary(), UnfinishedFile::Owner::This);
  progress.begin("writing " + file);
  CountingSink counting(**sink, progress);
  write(counting);
  return (*sink)->finish();
}

}  // namespace heaptap::cli
