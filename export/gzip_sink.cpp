// SPDX-License-Identifier: Apache-2.0
#include "export/gzip_sink.h"

#include <algorithm>
#include <new>

namespace heaptap::exporting {
namespace {

constexpr int kLevel = 1;  // Numbers of stacks compress well at any level; more takes several times as long.
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemory = 9;

}  // namespace

GzipSink::GzipSink(Sink& sink) : m_sink(sink) {
  if (deflateInit2(&m_stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}

GzipSink::~GzipSink() {
  m_stream.avail_in = 0;
  deflateAll(Z_FINISH);
  deflateEnd(&m_stream);
}

void GzipSink::write(std::string_view bytes) {
  while (!bytes.empty() && !m_sink.hasFailed()) {
    const auto part = static_cast<uInt>(std::min<std::size_t>(bytes.size(), 1U << 30));
    // zlib does not write there, but its interface is older than const.
    m_stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    m_stream.avail_in = part;
    deflateAll(Z_NO_FLUSH);
    bytes.remove_prefix(part);
  }
}

void GzipSink::deflateAll(int flush) {
  do {
    m_stream.next_out = m_out.data();
    m_stream.avail_out = static_cast<uInt>(m_out.size());
    deflate(&m_stream, flush);
    m_sink.write({reinterpret_cast<const char*>(m_out.data()), m_out.size() - m_stream.avail_out});
  } while (m_stream.avail_out == 0);
}

}  // namespace heaptap::exporting
