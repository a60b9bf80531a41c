// SPDX-License-Identifier: Apache-2.0
#include <QCoreApplication>

#include "analysis/own_code.h"
#include "client/stack_lines.h"
#include "gui/client/sites/name_texts.h"
#include "gui/client/sites/profile_trees.h"

namespace heaptap::gui {
namespace {

CodeKind kindOf(analysis::CodeOwner owner) {
  switch (owner) {
    case analysis::CodeOwner::Program: return CodeKind::Program;
    case analysis::CodeOwner::Allocation: return CodeKind::Allocation;
    case analysis::CodeOwner::CLibrary: return CodeKind::CLibrary;
    case analysis::CodeOwner::CppRuntime: return CodeKind::CppRuntime;
    case analysis::CodeOwner::RustRuntime: return CodeKind::RustRuntime;
    case analysis::CodeOwner::Loader: return CodeKind::Loader;
    case analysis::CodeOwner::Start: return CodeKind::Start;
    case analysis::CodeOwner::Listed: return CodeKind::Listed;
  }
  return CodeKind::Program;
}

/// analysis::nameOf(), in the user's language.
QString ownerText(analysis::CodeOwner owner) {
  const char* words = "";
  switch (owner) {
    case analysis::CodeOwner::Program: words = QT_TRANSLATE_NOOP("CodeOwner", "the program"); break;
    case analysis::CodeOwner::Allocation:
      words = QT_TRANSLATE_NOOP("CodeOwner", "allocation functions");
      break;
    case analysis::CodeOwner::CLibrary: words = QT_TRANSLATE_NOOP("CodeOwner", "the C library"); break;
    case analysis::CodeOwner::CppRuntime: words = QT_TRANSLATE_NOOP("CodeOwner", "the C++ library"); break;
    case analysis::CodeOwner::RustRuntime: words = QT_TRANSLATE_NOOP("CodeOwner", "Rust's library"); break;
    case analysis::CodeOwner::Loader: words = QT_TRANSLATE_NOOP("CodeOwner", "the loader"); break;
    case analysis::CodeOwner::Start:
      words = QT_TRANSLATE_NOOP("CodeOwner", "the start of the program");
      break;
    case analysis::CodeOwner::Listed: words = QT_TRANSLATE_NOOP("CodeOwner", "a runtime of your list"); break;
  }
  return QCoreApplication::translate("CodeOwner", words);
}

/// The line of the function in the frame that it was first seen in.
client::StackLine firstLineOf(const client::Profile& profile, client::FunctionId function) {
  const model::FrameId frame = profile.names->function(function).frame;
  const auto functions = profile.names->functions(frame);
  for (std::uint32_t line = 0; line < functions.size(); ++line)
    if (functions[line] == function) return client::lineOf(profile, frame, line);
  // The frame has got another name since.
  const client::Function& known = profile.names->function(function);
  client::StackLine line{.function = client::nameOf(profile.definitions, known)};
  if (known.module != 0) line.module = profile.definitions.modules[known.module - 1].path;
  return line;
}

QString fold(std::string_view bytes) {
  return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

}  // namespace

FunctionLabel functionLabel(const client::Profile& profile, std::uint32_t function, NameTexts& texts) {
  if (function >= profile.names->functionCount()) {
    FunctionLabel whole;
    whole.name = whole.spoken = QCoreApplication::translate("FunctionLabel", "the whole program");
    return whole;
  }
  const client::StackLine line = firstLineOf(profile, static_cast<client::FunctionId>(function));
  const StackLine text = texts.line(line);
  // What stands in place of frames that are not known is no code of the program's.
  const analysis::CodeOwner owner = line.address == 0 && line.module.empty()
                                        ? analysis::CodeOwner::Loader
                                        : analysis::ownerOf(line.function, line.module, line.file);
  return {.name = functionText(text),
          .spoken = texts.spoken(line),
          .module = text.module,
          .location = text.file.isEmpty() ? QString() : locationText(text),
          .kind = kindOf(owner),
          .owner = ownerText(owner)};
}

std::vector<bool> functionsWith(const client::Profile& profile, const QString& text,
                                const std::stop_token& stop) {
  constexpr std::size_t kAtATime = 1024;
  enum : std::uint8_t { kUnknown, kNo, kYes };
  const model::DefinitionsView& definitions = profile.definitions;
  const auto contains = [&text](const QString& name) { return name.contains(text, Qt::CaseInsensitive); };
  std::vector<std::uint8_t> modules(definitions.modules.size(), kUnknown);
  std::vector<std::uint8_t> texts(definitions.texts.size(), kUnknown);
  const auto known = [&](std::uint8_t& answer, std::string_view name) {
    if (answer == kUnknown) answer = !name.empty() && contains(fold(name)) ? kYes : kNo;
    return answer == kYes;
  };
  std::vector<bool> found(profile.names->functionCount(), false);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i % kAtATime == 0 && stop.stop_requested()) return {};
    const auto id = static_cast<client::FunctionId>(i);
    const client::Function& function = profile.names->function(id);
    if (function.module != 0 &&
        known(modules[function.module - 1], definitions.modules[function.module - 1].path)) {
      found[i] = true;
    } else if (function.name != model::TextId{}) {
      found[i] = known(texts[index(function.name)], client::nameOf(definitions, function));
    } else {
      const client::StackLine line = firstLineOf(profile, id);
      StackLine place;
      place.function = fold(line.function);
      place.module = fold(line.module);
      place.pc = line.pc;
      found[i] = contains(functionText(place));
    }
  }
  return found;
}

}  // namespace heaptap::gui
