// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>
#include <variant>

#include "gui/models/filter/filter_term.h"

/// Terms of a filter as people type and read them:
///
///     parse            a name in the stack has this        module:libfoo     of a module; file:, function:
///     -module:libfoo   none has                            function:/^read/  a regular expression
///     function=read    that is all of its name
///     size:1K-4K       size:4K-  size>4K  size<=64          lifetime:10s-     lifetime<1ms
///     thread:worker    its name or its id
namespace heaptap::gui {

/// What is wrong with words, in a line.
struct FilterProblem {
  QString text;
};
[[nodiscard]] std::variant<FilterTerm, FilterProblem> readTerm(const QString& words);
/// What readTerm() reads as this term.
[[nodiscard]] QString wordsFor(const FilterTerm& term);
/// The same for people to read: `size ≥ 4.00 KiB`, `not module: libfoo`.
[[nodiscard]] QString termText(const FilterTerm& term);
/// The beginnings that words can have: "function:", "size>", ….
[[nodiscard]] QStringList termBeginnings();

}  // namespace heaptap::gui
