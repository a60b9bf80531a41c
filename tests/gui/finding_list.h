// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <memory>
#include <utility>
#include <vector>

#include "gui/models/findings/finding.h"

namespace heaptap::gui::test {

/// A stack as readable text, innermost first: "drop;main".
inline std::vector<StackLine> stackOf(const QString& functions) {
  std::vector<StackLine> lines;
  for (const QString& function : functions.split(';', Qt::SkipEmptyParts)) {
    StackLine line;
    line.function = function;
    line.file = QStringLiteral("/src/%1.cpp").arg(function);
    line.line = 12;
    line.module = QStringLiteral("/usr/bin/program");
    lines.push_back(std::move(line));
  }
  return lines;
}

/// A block of 24 bytes, allocated in makeNode, freed in dropTree and again in dropNode.
inline Finding doubleFree(quint64 count = 1, quint64 firstNs = 1'000'000) {
  Finding finding;
  finding.kind = FindingKind::DoubleFree;
  finding.words = QStringLiteral("double free");
  finding.count = count;
  finding.size = 24;
  finding.allocatedBy = QStringLiteral("malloc");
  finding.freedBy = QStringLiteral("free");
  finding.allocation = stackOf(QStringLiteral("makeNode;build;main"));
  finding.free = stackOf(QStringLiteral("dropNode;main"));
  finding.earlierFree = stackOf(QStringLiteral("dropTree;main"));
  finding.firstNs = firstNs;
  finding.thread = 4711;
  finding.address = 0x1000;
  return finding;
}

/// An array from new[], freed by free, in another thread.
inline Finding mismatchedFree(quint64 count = 3, quint64 firstNs = 2'000'000) {
  Finding finding;
  finding.kind = FindingKind::MismatchedFree;
  finding.words = QStringLiteral("mismatched free: operator new[], then free");
  finding.count = count;
  finding.size = 160;
  finding.allocatedBy = QStringLiteral("operator new[]");
  finding.freedBy = QStringLiteral("free");
  finding.allocation = stackOf(QStringLiteral("makeNumbers;main"));
  finding.free = stackOf(QStringLiteral("clear;worker"));
  finding.firstNs = firstNs;
  finding.thread = 4712;
  finding.threadName = QStringLiteral("worker");
  finding.address = 0x2000;
  return finding;
}

/// A free of an address that is no block, without a stack.
inline Finding unknownFree() {
  Finding finding;
  finding.kind = FindingKind::UnknownFree;
  finding.words = QStringLiteral("free of what is no block");
  finding.count = 1;
  finding.freedBy = QStringLiteral("free");
  finding.firstNs = 3'000'000;
  finding.thread = 4711;
  finding.address = 0x3008;
  return finding;
}

inline Findings findingList(std::vector<Finding> findings) {
  return std::make_shared<const std::vector<Finding>>(std::move(findings));
}

}  // namespace heaptap::gui::test
