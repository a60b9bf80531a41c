// SPDX-License-Identifier: Apache-2.0
#include "export/speedscope.h"

#include <vector>

#include "base/version.h"
#include "client/call_tree.h"
#include "client/instant_words.h"
#include "export/json_text.h"
#include "export/labels.h"
#include "export/writer.h"

namespace heaptap::exporting {
namespace {

using client::CallTree;

std::string nameOf(const Subject& subject) {
  std::string name = subject.title + ", " + std::string(wordsOf(subject.cost).title);
  if (subject.heap.id() != 0) name += " of the heap " + subject.heap.name();
  if (subject.profile.instant) name += ", " + client::titleFor(*subject.profile.instant);
  if (subject.profile.isSampled()) name += " (estimated from samples)";
  return name;
}

/// The frames that the tree has, in the order of their functions. Returns their numbers, by function; the
/// last one is what stands for stacks that were not recorded.
std::vector<std::uint32_t> writeFrames(const Subject& subject, const CallTree& tree, Writer& out) {
  const client::Profile& profile = subject.profile;
  std::vector<std::uint32_t> numbers(profile.names->functionCount() + 1, 0);
  for (std::size_t i = 1; i < tree.nodes().size(); ++i) numbers[client::index(tree.nodes()[i].function)] = 1;
  const FunctionLabels labels(profile);
  std::uint32_t count = 0;
  for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
    if (numbers[i] == 0) continue;
    numbers[i] = count;
    const auto function = static_cast<client::FunctionId>(i);
    const client::StackLine line = lineOfFunction(profile, function);
    out << (count++ == 0 ? "\n{\"name\":" : ",\n{\"name\":") << jsonText(labels[function]);
    if (!line.file.empty()) out << ",\"file\":" << jsonText(line.file);
    out << '}';
  }
  numbers.back() = count;
  if (tree.nodes().front().self != 0)
    out << (count == 0 ? "\n{\"name\":" : ",\n{\"name\":") << jsonText(kNoStack) << '}';
  return numbers;
}

void writeEvents(const CallTree& tree, const std::vector<std::uint32_t>& frames, Writer& out) {
  bool isFirst = true;
  std::uint64_t at = 0;
  const auto event = [&](char type, std::uint32_t frame) {
    out << (isFirst ? "\n{\"type\":\"" : ",\n{\"type\":\"") << type << "\",\"frame\":" << frame
        << ",\"at\":" << at << '}';
    isFirst = false;
  };
  struct Entry {
    std::uint32_t node;
    bool isOpen;
  };
  std::vector<Entry> entries;
  const auto enter = [&](std::uint32_t node) {
    const std::vector<std::uint32_t> children = tree.children(node);
    for (std::size_t i = children.size(); i-- > 0;) entries.push_back({.node = children[i], .isOpen = false});
  };
  enter(CallTree::kRoot);
  while (!entries.empty() && !out.hasFailed()) {
    const Entry entry = entries.back();
    const CallTree::Node& node = tree.nodes()[entry.node];
    const std::uint32_t frame = frames[client::index(node.function)];
    if (entry.isOpen) {
      at += node.self;
      event('C', frame);
      entries.pop_back();
    } else {
      event('O', frame);
      entries.back().isOpen = true;
      enter(entry.node);
    }
  }
  if (const std::uint64_t bare = tree.nodes().front().self; bare != 0) {
    event('O', frames.back());
    at += bare;
    event('C', frames.back());
  }
}

}  // namespace

void writeSpeedscope(const Subject& subject, Sink& sink) {
  const CallTree tree(subject.profile, subject.costsOf(subject.cost));
  Writer out(sink);
  const std::string name = jsonText(nameOf(subject));
  out << R"({"$schema":"https://www.speedscope.app/file-format-schema.json",)"
      << "\n\"exporter\":" << jsonText("heaptap " + std::string(kVersion)) << ",\n\"name\":" << name
      << ",\n\"activeProfileIndex\":0,\n\"shared\":{\"frames\":[";
  const std::vector<std::uint32_t> frames = writeFrames(subject, tree, out);
  out << "]},\n\"profiles\":[{\"type\":\"evented\",\"name\":" << name << ",\"unit\":\""
      << (wordsOf(subject.cost).isBytes ? "bytes" : "none")
      << "\",\"startValue\":0,\"endValue\":" << tree.nodes().front().total << ",\"events\":[";
  writeEvents(tree, frames, out);
  out << "]}]}\n";
}

}  // namespace heaptap::exporting
