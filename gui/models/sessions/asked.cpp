// SPDX-License-Identifier: Apache-2.0
// The header has a class with signals: its code is made from here.
#include "gui/models/sessions/asked.h"
