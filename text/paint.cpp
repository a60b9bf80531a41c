// SPDX-License-Identifier: Apache-2.0
#include "text/paint.h"

namespace heaptap {
inline namespace text {
namespace {

/// SGR parameters (ECMA-48).
std::string_view parametersOf(Tone tone) {
  switch (tone) {
    case Tone::Plain: break;
    case Tone::Strong: return "1";
    case Tone::Good: return "32";
    case Tone::Warning: return "35";
    case Tone::Bad: return "31";
    case Tone::Quiet: return "2";
  }
  return {};
}

}  // namespace

std::string Paint::operator()(Tone tone, std::string_view text) const {
  const std::string_view parameters = parametersOf(tone);
  if (!m_isOn || parameters.empty() || text.empty()) return std::string(text);
  const bool endsLine = text.back() == '\n';
  if (endsLine) text.remove_suffix(1);
  return "\033[" + std::string(parameters) + "m" + std::string(text) + "\033[0m" + (endsLine ? "\n" : "");
}

}  // namespace text
}  // namespace heaptap
