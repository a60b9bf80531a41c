// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/span_answer.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>

namespace heaptap::relay {

void give(const SharedMemory& memory, std::uint32_t number, const SpanAnswer& answer) {
  wire::Question& question = memory.header().question;
  if (question.number.load(std::memory_order_acquire) != number) return;
  question.status = static_cast<std::uint32_t>(answer.status);
  question.blocks = answer.blocks;
  question.bytes = answer.bytes;
  const std::size_t length = std::min(answer.text.size(), wire::kMaxAnswerText);
  std::memcpy(question.text, answer.text.data(), length);
  question.textBytes = static_cast<std::uint32_t>(length);
  question.answered.store(number, std::memory_order_release);
  syscall(SYS_futex, &question.answered, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace heaptap::relay
