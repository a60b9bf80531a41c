// SPDX-License-Identifier: Apache-2.0
#include "gui/client/reply_text.h"

namespace heaptap::gui {
namespace {

constexpr qsizetype kMostTextBytes = 16'384;

}  // namespace

QString readText(const std::string& utf8) {
  if (static_cast<qsizetype>(utf8.size()) > kMostTextBytes)
    return QString::fromUtf8(utf8.data(), kMostTextBytes) + QStringLiteral("…");
  return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

QString TextPool::shared(const std::string& utf8) {
  if (utf8.empty()) return {};
  const auto [found, isNew] = m_texts.try_emplace(utf8);
  if (isNew) found->second = readText(utf8);
  return found->second;
}

StackLine TextPool::read(const v1::StackLine& line) {
  return {.function = shared(line.function()),
          .file = shared(line.file()),
          .line = line.line(),
          .module = shared(line.module()),
          .inlined = line.inlined(),
          .guessed = line.guessed(),
          .pc = line.pc(),
          .address = line.address()};
}

tl::unexpected<Error> brokenAnswer(const std::string& what) {
  return failure(Code::Corrupt, "collector", what, "is it a heaptap collector of this version?");
}

}  // namespace heaptap::gui
