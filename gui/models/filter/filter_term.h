// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <limits>

namespace heaptap::gui {

/// One condition: on the stack that a block was allocated from, or on the block.
struct FilterTerm {
  enum class Of : quint8 {
    Any,       ///< A function, file or module of any line of the stack, or the name of the heap.
    Function,  ///< That of any line; likewise the next two.
    File,
    Module,
    Size,      ///< Bytes that were asked for.
    Lifetime,  ///< Nanoseconds from the allocation to the free; of live blocks, to the time that is looked
               ///< at.
    Thread,    ///< That has allocated it: its name or its id.
  };
  static constexpr quint64 kNoLimit = std::numeric_limits<quint64>::max();

  Of of = Of::Any;
  bool isNot = false;    ///< What meets the condition does not pass.
  QString text = {};     ///< A part of a name, in any case; of a thread, all of it.
  bool isWhole = false;  ///< The text is all of the name, as it is written.
  bool isRegex = false;  ///< The text is a regular expression (RE2's syntax), searched for anywhere in names.
  quint64 least = 0;     ///< Of sizes and lifetimes; both included.
  quint64 most = kNoLimit;

  /// The function of a name, and no other.
  static FilterTerm function(const QString& name) {
    return {.of = Of::Function, .text = name, .isWhole = true};
  }
  static FilterTerm module(const QString& path) { return {.of = Of::Module, .text = path, .isWhole = true}; }

  /// It is about names in the stack: a call site meets it as a whole, or not at all.
  [[nodiscard]] bool isOfNames() const { return of <= Of::Module; }
  [[nodiscard]] bool isOfNumbers() const { return of == Of::Size || of == Of::Lifetime; }
  /// Whether a size or a lifetime passes.
  [[nodiscard]] bool passes(quint64 number) const { return (number >= least && number <= most) != isNot; }
  bool operator==(const FilterTerm&) const = default;
};

}  // namespace heaptap::gui
