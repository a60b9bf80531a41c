// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "gui/models/sessions/summary.h"

/// Sessions in words.
namespace heaptap::gui {

/// The command line as one could type it: words with blanks or quotes in them are quoted.
[[nodiscard]] QString commandText(const QStringList& command);

/// "live", "complete" or "cut short".
[[nodiscard]] QString stateText(SessionState state);

/// "Live", "Leaked" or "Live at end".
[[nodiscard]] QString remainsText(Remains remains);
/// The same of what was not judged: "Left at end" in place of "Leaked", as some of it may be kept on
/// purpose.
[[nodiscard]] QString leftText(Remains remains);

/// One line that says which process it was and how it fared:
/// `pid 4711 on host · exited 0 · started 2031-05-06 07:08:09 UTC · ran 1.23 s · 2 threads`.
[[nodiscard]] QString processText(const Summary& summary);

/// How good the estimates of a sampled session are:
/// `estimates from 12,345 samples, one each 512 KiB on average; ± is one standard error`.
[[nodiscard]] QString samplingText(const Sampling& sampling);

/// CPU time that recording has cost, as far as known; absent when nothing is.
/// Units: nanoseconds.
[[nodiscard]] std::optional<quint64> costNs(const OwnCost& cost);

/// Everything that is known of the cost, a line for each part.
[[nodiscard]] QStringList costLines(const OwnCost& cost);

/// Why events were dropped and what can be done, a line for each reason.
[[nodiscard]] QStringList dropLines(const QList<DropCause>& causes);

/// What every word of the viewer means, one sentence each.
namespace definition {
[[nodiscard]] QString remains(Remains remains);
[[nodiscard]] QString peak();
[[nodiscard]] QString allocations();
[[nodiscard]] QString temporaries();
[[nodiscard]] QString dropped();
[[nodiscard]] QString resident();
[[nodiscard]] QString ownCost();
}  // namespace definition

}  // namespace heaptap::gui
