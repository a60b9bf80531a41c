// SPDX-License-Identifier: Apache-2.0
#include "collector/query/definitions_stream.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace heaptap::query {
namespace {

constexpr std::size_t kEntriesPerMessage = 65'536;
constexpr std::size_t kTextBytesPerMessage = 1U << 20;

/// How many entries a message may still have.
class Room {
 public:
  /// Whether one more entry, with so many bytes of text, fits. The first one always does.
  bool take(std::size_t textBytes = 0, std::size_t entries = 1) {
    if (m_entries != 0 &&
        (m_entries + entries > kEntriesPerMessage || m_bytes + textBytes > kTextBytesPerMessage))
      return false;
    m_entries += entries;
    m_bytes += textBytes;
    return true;
  }

 private:
  std::size_t m_entries = 0;
  std::size_t m_bytes = 0;
};

std::size_t upTo(std::uint64_t position, std::size_t size) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(position, size));
}

/// The texts of one Symbols message, each once.
class Texts {
 public:
  Texts(const model::DefinitionsView& definitions, v1::Symbols& message)
      : m_definitions(definitions), m_message(message) {
    m_message.add_text();
  }
  [[nodiscard]] std::size_t bytesOf(model::TextId id) const {
    return m_positions.contains(id) ? 0 : m_definitions.texts[index(id)].size();
  }
  std::uint32_t position(model::TextId id) {
    if (id == model::TextId{}) return 0;
    const auto [found, isNew] =
        m_positions.try_emplace(id, static_cast<std::uint32_t>(m_message.text_size()));
    if (isNew) m_message.add_text(m_definitions.texts[index(id)]);
    return found->second;
  }

 private:
  const model::DefinitionsView& m_definitions;
  v1::Symbols& m_message;
  std::unordered_map<model::TextId, std::uint32_t> m_positions;
};

}  // namespace

DefinitionsStream::DefinitionsStream(SharedView view, const v1::DefinitionsPosition& since)
    : m_view(std::move(view)), m_since(since) {
  const model::DefinitionsView& known = m_view->definitions;
  // Of what is said again later, the order is that of this time that the session was opened.
  const bool isOurs = since.collector() == m_view->opened;
  m_modules = upTo(since.modules(), known.modules.size());
  m_moduleWords = isOurs ? upTo(since.module_words(), known.moduleWords.size()) : 0;
  m_threads = upTo(since.threads(), known.threads.size());
  m_renamings = isOurs ? upTo(since.renamings(), known.renamings.size()) : 0;
  m_heaps = upTo(since.heaps(), known.heapNames.size());
  m_frames = upTo(since.frames(), known.frames.size() - 1);
  m_stackNodes = upTo(since.stack_nodes(), known.stacks.size() - 1);
  m_pairs = upTo(since.pairs(), known.pairs.size());
  m_namings = isOurs ? upTo(since.namings(), known.namings.size()) : 0;
  m_oldModules = isOurs ? 0 : m_modules;
  m_oldThreads = isOurs ? 0 : m_threads;
}

bool DefinitionsStream::next(v1::DefinitionsReply& reply) {
  reply.Clear();
  const bool more = restate(reply) || modules(reply) || moduleWords(reply) || threads(reply) ||
                    renamings(reply) || heaps(reply) || frames(reply) || stackNodes(reply) || pairs(reply) ||
                    symbols(reply);
  v1::DefinitionsPosition& position = *reply.mutable_position();
  // A collector that was killed may know less than the caller does, until the relay has sent it again: what
  // has an id of its own is the same then.
  position.set_modules(std::max<std::uint64_t>(m_modules, m_since.modules()));
  position.set_module_words(m_moduleWords);
  position.set_threads(std::max<std::uint64_t>(m_threads, m_since.threads()));
  position.set_renamings(m_renamings);
  position.set_heaps(std::max<std::uint64_t>(m_heaps, m_since.heaps()));
  position.set_frames(std::max<std::uint64_t>(m_frames, m_since.frames()));
  position.set_stack_nodes(std::max<std::uint64_t>(m_stackNodes, m_since.stack_nodes()));
  position.set_pairs(std::max<std::uint64_t>(m_pairs, m_since.pairs()));
  position.set_namings(m_namings);
  position.set_collector(m_oldModules == 0 && m_oldThreads == 0 ? m_view->opened : m_since.collector());
  return more;
}

bool DefinitionsStream::restate(v1::DefinitionsReply& reply) {
  if (m_oldModules != 0) {
    for (Room room; m_oldModules != 0 && room.take(); --m_oldModules) {
      reply.mutable_module_names()->add_module(static_cast<std::uint32_t>(m_oldModules - 1));
      reply.mutable_module_names()->add_missing(v1::ModuleNames::MISSING_UNSPECIFIED);
    }
    return true;
  }
  if (m_oldThreads == 0) return false;
  const auto& threads = m_view->definitions.threads;
  for (Room room; m_oldThreads != 0 && room.take(threads[m_oldThreads - 1].name.size()); --m_oldThreads) {
    v1::Threads::Renamed& message = *reply.mutable_threads()->add_renamed();
    message.set_thread(static_cast<std::uint32_t>(m_oldThreads - 1));
    message.set_name(threads[m_oldThreads - 1].name);
  }
  return true;
}

bool DefinitionsStream::modules(v1::DefinitionsReply& reply) {
  const auto& all = m_view->definitions.modules;
  const std::size_t first = m_modules;
  for (Room room; m_modules < all.size() && room.take(all[m_modules].path.size()); ++m_modules) {
    const model::Module& module = all[m_modules];
    v1::Modules::Module& message = *reply.mutable_modules()->add_modules();
    message.set_path(module.path);
    message.set_build_id(module.buildId);
    message.set_start(module.start);
    message.set_end(module.end);
    message.set_bias(module.bias);
  }
  return m_modules != first;
}

bool DefinitionsStream::moduleWords(v1::DefinitionsReply& reply) {
  const auto& all = m_view->definitions.moduleWords;
  const std::size_t first = m_moduleWords;
  for (Room room; m_moduleWords < all.size() && room.take(); ++m_moduleWords) {
    v1::ModuleNames& message = *reply.mutable_module_names();
    message.add_module(all[m_moduleWords].module);
    message.add_missing(static_cast<v1::ModuleNames::Missing>(all[m_moduleWords].missing));
  }
  return m_moduleWords != first;
}

bool DefinitionsStream::threads(v1::DefinitionsReply& reply) {
  const auto& all = m_view->definitions.threads;
  const std::size_t first = m_threads;
  for (Room room; m_threads < all.size() && room.take(all[m_threads].name.size()); ++m_threads) {
    v1::Threads::Thread& message = *reply.mutable_threads()->add_threads();
    message.set_tid(all[m_threads].tid);
    message.set_name(all[m_threads].name);
    message.set_first_seen_ns(all[m_threads].firstSeenNs);
  }
  return m_threads != first;
}

bool DefinitionsStream::renamings(v1::DefinitionsReply& reply) {
  const auto& all = m_view->definitions.renamings;
  const std::size_t first = m_renamings;
  for (Room room; m_renamings < all.size() && room.take(all[m_renamings].name.size()); ++m_renamings) {
    v1::Threads::Renamed& message = *reply.mutable_threads()->add_renamed();
    message.set_thread(static_cast<std::uint32_t>(index(all[m_renamings].thread)));
    message.set_name(all[m_renamings].name);
  }
  return m_renamings != first;
}

bool DefinitionsStream::heaps(v1::DefinitionsReply& reply) {
  const auto& all = m_view->definitions.heapNames;
  const std::size_t first = m_heaps;
  for (Room room; m_heaps < all.size() && room.take(all[m_heaps].size()); ++m_heaps)
    reply.mutable_heaps()->add_name(all[m_heaps]);
  return m_heaps != first;
}

bool DefinitionsStream::frames(v1::DefinitionsReply& reply) {
  const auto& all = m_view->definitions.frames;
  const std::size_t first = m_frames;
  for (Room room; m_frames + 1 < all.size() && room.take(); ++m_frames) {
    const model::Frame& frame = all[m_frames + 1];
    v1::Frames& message = *reply.mutable_frames();
    message.add_module(frame.module);
    message.add_pc(frame.pc);
    message.add_flags(frame.flags);
  }
  return m_frames != first;
}

bool DefinitionsStream::stackNodes(v1::DefinitionsReply& reply) {
  const auto& all = m_view->definitions.stacks;
  const std::size_t first = m_stackNodes;
  for (Room room; m_stackNodes + 1 < all.size() && room.take(); ++m_stackNodes) {
    const model::StackNode& node = all[m_stackNodes + 1];
    v1::StackNodes& message = *reply.mutable_stack_nodes();
    message.add_parent(static_cast<std::uint32_t>(index(node.parent)));
    message.add_frame(static_cast<std::uint32_t>(index(node.frame)));
  }
  return m_stackNodes != first;
}

bool DefinitionsStream::pairs(v1::DefinitionsReply& reply) {
  const auto& all = m_view->definitions.pairs;
  const std::size_t first = m_pairs;
  for (Room room; m_pairs < all.size() && room.take(); ++m_pairs) {
    const model::Pair& pair = all[m_pairs];
    v1::Pairs& message = *reply.mutable_pairs();
    message.add_size(pair.size);
    message.add_stack(static_cast<std::uint32_t>(index(pair.stack)));
    message.add_origin(static_cast<std::uint32_t>(pair.origin));
    message.add_align_log2(pair.alignLog2);
    message.add_slack_plus_1(pair.slack + 1);  // kUnknownSlack becomes 0.
    message.add_heap(static_cast<std::uint32_t>(index(pair.heap)));
    message.add_sample_interval(pair.sampleInterval);
  }
  return m_pairs != first;
}

bool DefinitionsStream::symbols(v1::DefinitionsReply& reply) {
  const model::DefinitionsView& known = m_view->definitions;
  if (m_namings == known.namings.size()) return false;
  v1::Symbols& message = *reply.mutable_symbols();
  Texts texts(known, message);
  Room room;
  std::uint32_t before = 0;
  for (; m_namings < known.namings.size(); ++m_namings) {
    const model::Naming& naming = known.namings[m_namings];
    const auto frame = static_cast<std::uint32_t>(index(naming.frame));
    if (frame == before) break;  // Else the lines of both would be taken for those of one naming.
    const std::size_t lines = std::min<std::size_t>(naming.lineCount, kEntriesPerMessage);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < lines; ++i) {
      const model::SymbolLine& line = known.lines[naming.firstLine + i];
      bytes += texts.bytesOf(line.function) + texts.bytesOf(line.file);
    }
    if (!room.take(bytes, lines)) break;
    for (std::size_t i = 0; i < lines; ++i) {
      const model::SymbolLine& line = known.lines[naming.firstLine + i];
      message.add_frame(frame);
      message.add_function(texts.position(line.function));
      message.add_file(texts.position(line.file));
      message.add_line(line.line);
      message.add_inlined(line.inlined);
      message.add_allocator(line.allocator);
    }
    before = frame;
  }
  return true;
}

}  // namespace heaptap::query
