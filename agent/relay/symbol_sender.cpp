// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/symbol_sender.h"

#include <absl/container/flat_hash_map.h>

#include <optional>
#include <string>

#include "agent/relay/utf8.h"
#include "agent/symbols/resolver.h"

namespace heaptap::relay {
namespace {

constexpr std::size_t kMaxMessageBytes = 512 << 10;

/// One Symbols message in the making.
class SymbolsMessage {
 public:
  explicit SymbolsMessage(MessageSink& sink) : m_sink(sink) { begin(); }
  ~SymbolsMessage() { flush(); }

  void add(std::uint32_t frame, const std::vector<symbols::SourceLine>& lines) {
    for (const symbols::SourceLine& line : lines) {
      out().add_frame(frame);
      out().add_function(text(line.function));
      out().add_file(text(line.file));
      out().add_line(line.line);
      out().add_inlined(line.inlined);
      m_bytes += 16;
    }
    if (m_bytes < kMaxMessageBytes) return;
    flush();
    begin();
  }

 private:
  v1::Symbols& out() { return *m_request.mutable_symbols(); }

  void begin() {
    m_request.Clear();
    m_text.clear();
    m_bytes = 0;
    text("");
  }

  void flush() {
    if (out().frame_size() != 0) m_sink.send(m_request);
  }

  std::uint32_t text(const std::string& string) {
    const auto [place, isNew] = m_text.try_emplace(string, static_cast<std::uint32_t>(m_text.size()));
    if (isNew) {
      out().add_text(validUtf8(string));
      m_bytes += string.size();
    }
    return place->second;
  }

  MessageSink& m_sink;
  v1::RecordRequest m_request;
  absl::flat_hash_map<std::string, std::uint32_t> m_text;
  std::size_t m_bytes = 0;
};

}  // namespace

void sendSymbols(const std::vector<Frame>& frames, const std::vector<Module>& modules, MessageSink& sink) {
  symbols::Resolver resolver;
  std::vector<std::optional<symbols::Resolver::ModuleHandle>> handles;
  for (const Module& module : modules) {
    if (module.file)
      handles.emplace_back(resolver.addModule(
          {"/proc/self/fd/" + std::to_string(module.file.get()), module.path, module.buildId}));
    else
      handles.emplace_back();
  }

  SymbolsMessage message(sink);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Frame& frame = frames[i];
    if (frame.module == 0 || !handles[frame.module - 1]) continue;
    // A return address may already belong to the next function or line.
    const bool exact = (frame.flags & v1::FRAME_EXACT_PC) != 0;
    message.add(static_cast<std::uint32_t>(i + 1),
                resolver.resolve(*handles[frame.module - 1], exact ? frame.pc : frame.pc - 1));
  }
}

}  // namespace heaptap::relay
