// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "export/sink.h"

namespace heaptap::exporting::test {

/// Keeps what is written.
class TextSink : public Sink {
 public:
  void write(std::string_view bytes) override { m_text += bytes; }
  [[nodiscard]] const std::string& text() const { return m_text; }

 private:
  std::string m_text;
};

}  // namespace heaptap::exporting::test
