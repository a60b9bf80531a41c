// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <array>

#include "export/sink.h"

namespace heaptap::exporting {

/// Compresses what is written (gzip, RFC 1952) into another sink. The end is written by the destructor.
class GzipSink : public Sink {
 public:
  explicit GzipSink(Sink& sink);
  ~GzipSink() override;

  void write(std::string_view bytes) override;
  [[nodiscard]] bool hasFailed() const override { return m_sink.hasFailed(); }

 private:
  void deflateAll(int flush);

  Sink& m_sink;
  z_stream m_stream{};
  std::array<unsigned char, 1 << 16> m_out;
};

}  // namespace heaptap::exporting
