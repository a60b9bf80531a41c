// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The seam between capture and the processor: registers, clock, system calls.
#if defined(__x86_64__)
#include "agent/capture/system/arch/x86_64/call_instruction.h"
#include "agent/capture/system/arch/x86_64/clone.h"
#include "agent/capture/system/arch/x86_64/registers.h"
#include "agent/capture/system/arch/x86_64/system_call.h"
#else
#error "heaptap's capture knows x86-64 only; add a folder beside arch/x86_64"
#endif
