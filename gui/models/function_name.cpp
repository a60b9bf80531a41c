// SPDX-License-Identifier: Apache-2.0
#include "gui/models/function_name.h"

namespace heaptap::gui {
namespace {

/// Length of the operator's spelling at `at` when the name has `operator` there, so that its `<`, `>`, `(`
/// and `)` are not read as brackets; else 0.
qsizetype operatorLength(QStringView name, qsizetype at) {
  constexpr QStringView kOperator = u"operator";
  if (!name.sliced(at).startsWith(kOperator)) return 0;
  const auto isWord = [](QChar c) { return c.isLetterOrNumber() || c == '_'; };
  if (at > 0 && isWord(name[at - 1])) return 0;
  const QStringView rest = name.sliced(at + kOperator.size());
  for (const QStringView symbol :
       {u"()", u"<=>", u"<<=", u">>=", u"<<", u">>", u"<=", u">=", u"->*", u"->", u"<", u">"})
    if (rest.startsWith(symbol)) return kOperator.size() + symbol.size();
  return 0;
}

/// Position after the bracket that closes the one at `open`, or -1.
qsizetype closed(QStringView name, qsizetype open) {
  int depth = 0;
  for (qsizetype at = open; at < name.size(); ++at) {
    const QChar c = name[at];
    if (const qsizetype length = operatorLength(name, at)) {
      at += length - 1;
    } else if (c == '<' || c == '(' || c == '{' || c == '[') {
      ++depth;
    } else if ((c == '>' && name[at - 1] != '-') || c == ')' || c == '}' || c == ']') {
      if (--depth == 0) return at + 1;
    }
  }
  return -1;
}

/// Without the return type that demanglers give to function templates: "void sort<…>".
QString withoutReturnType(const QString& name) {
  const qsizetype op = name.indexOf(u"operator");
  const qsizetype end = op >= 0 ? op : name.size();
  qsizetype start = 0;
  int depth = 0;
  for (qsizetype at = 0; at < end; ++at) {
    const QChar c = name[at];
    if (c == '<' || c == '(' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == '}') --depth;
    if (c == ' ' && depth == 0) start = at + 1;
  }
  return name.sliced(start);
}

}  // namespace

QString shortFunctionName(const QString& name) {
  const QStringView text = name;
  const qsizetype lastScope = text.lastIndexOf(u"::");
  QString shorter;
  for (qsizetype at = 0; at < text.size();) {
    if (const qsizetype length = operatorLength(text, at)) {
      shorter += text.sliced(at, length);
      at += length;
      continue;
    }
    const QChar c = text[at];
    if (c != '<' && c != '(' && c != '{') {
      shorter += c;
      ++at;
      continue;
    }
    const qsizetype end = closed(text, at);
    if (end < 0) return name;
    const QStringView group = text.sliced(at, end - at);
    const bool isRust = c == '<' && (at == 0 || text[at - 1] == ':');  // `<T as Trait>::f`, `collect::<u8>`
    if (c == '{' || isRust || group == u"(anonymous namespace)") {
      shorter += group;
    } else if (c == '<') {
      shorter += u"<…>";
    } else if (lastScope < end) {
      break;  // The parameters; what follows are `const`, `[clone .cold]` and the like.
    }
    at = end;
  }
  return shorter == name ? name : withoutReturnType(shorter);
}

}  // namespace heaptap::gui
