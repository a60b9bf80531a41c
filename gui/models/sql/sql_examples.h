// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

namespace heaptap::gui {

/// A statement to start from.
struct SqlExample {
  QString question;  ///< What it answers.
  QString statement;

  bool operator==(const SqlExample&) const = default;
};

/// The statements of a page in Markdown: those between "```sql" and "```", each with the sentence before it.
[[nodiscard]] std::vector<SqlExample> sqlExamplesIn(const QString& page);

/// Those of docs/schema.md, which is in the program.
[[nodiscard]] const std::vector<SqlExample>& sqlExamples();

}  // namespace heaptap::gui
