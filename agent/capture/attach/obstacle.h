// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/wire/obstacle.h"

namespace heaptap::capture {

using wire::Obstacle;

/// Remembers why. The first reason counts.
void noteObstacle(Obstacle obstacle);

/// The one that is remembered.
Obstacle obstacle();

/// One sentence; null when there is no obstacle.
inline const char* obstacleText() { return wire::textOf(obstacle()); }

/// With HEAPTAP_VERBOSE set, writes one line to standard error if there is an obstacle. Nothing otherwise.
void tellObstacle();

}  // namespace heaptap::capture
