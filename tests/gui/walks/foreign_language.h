// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QRegularExpression>
#include <QTranslator>
#include <mutex>
#include <set>
#include <utility>

namespace heaptap::gui::test {

/// A language that differs from English in each letter, and only in letters: `Leaks` is `Леакс`.
/// Placeholders, keys and marks of HTML stay. What is shown in Latin letters while it is installed is no text
/// that a translator was asked for. Threads: any.
class ForeignLanguage : public QTranslator {
 public:
  using Asked = std::pair<QString, QString>;  ///< Context and source text.

  ForeignLanguage() { QCoreApplication::installTranslator(this); }
  ~ForeignLanguage() override { QCoreApplication::removeTranslator(this); }

  [[nodiscard]] bool isEmpty() const override { return false; }

  [[nodiscard]] QString translate(const char* context, const char* source, const char* /*about*/,
                                  int /*count*/) const override {
    const QString text = QString::fromUtf8(source);
    // Keys are written in each language as Qt writes them.
    static const QRegularExpression keys("^((Ctrl|Shift|Alt|Meta)\\+|F\\d|[A-Z]$)");
    if (qstrcmp(context, "QShortcut") == 0 || text.contains(keys)) return text;
    {
      const std::scoped_lock lock(m_mutex);
      m_asked.emplace(QString::fromUtf8(context), text);
    }
    return inForeignLetters(text);
  }

  /// What was asked for so far.
  [[nodiscard]] std::set<Asked> asked() const {
    const std::scoped_lock lock(m_mutex);
    return m_asked;
  }

 private:
  static QString inForeignLetters(const QString& text) {
    static const QRegularExpression kept(QStringLiteral("%L?[0-9n]+|<[^>]*>|&[a-z]+;"));
    QString result;
    qsizetype at = 0;
    const auto put = [&](QStringView part) {
      for (const QChar c : part) {
        constexpr ushort kLarge = 0x410;
        constexpr ushort kSmall = 0x430;
        if (c >= 'a' && c <= 'z')
          result += QChar(static_cast<ushort>(kSmall + c.unicode() - 'a'));
        else if (c >= 'A' && c <= 'Z')
          result += QChar(static_cast<ushort>(kLarge + c.unicode() - 'A'));
        else
          result += c;
      }
    };
    for (auto match = kept.globalMatch(text); match.hasNext();) {
      const QRegularExpressionMatch found = match.next();
      put(QStringView(text).mid(at, found.capturedStart() - at));
      result += found.captured();
      at = found.capturedEnd();
    }
    put(QStringView(text).mid(at));
    return result;
  }

  mutable std::mutex m_mutex;
  mutable std::set<Asked> m_asked;
};

}  // namespace heaptap::gui::test
