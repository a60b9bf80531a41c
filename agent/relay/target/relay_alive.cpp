// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/relay_alive.h"

#include <pthread.h>

#include <cstddef>

namespace heaptap::relay {

static_assert(sizeof(pthread_mutex_t) <=
              sizeof(wire::Header::relayAlive) + sizeof(wire::Header::relayMutexRest));
static_assert(offsetof(wire::Header, relayMutexRest) ==
              offsetof(wire::Header, relayAlive) + sizeof(wire::Header::relayAlive));
static_assert(alignof(pthread_mutex_t) <= 64);
#if defined(__GLIBC__)
static_assert(offsetof(pthread_mutex_t, __data.__lock) == 0, "the futex word comes first");
static_assert(sizeof(pthread_mutex_t::__data.__lock) == 4);
#endif

RelayAlive::RelayAlive(wire::Header& header) : m_thread([this, &header] { hold(header); }) {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [this] { return m_locked; });
}

RelayAlive::~RelayAlive() {
  {
    const std::lock_guard lock(m_mutex);
    m_over = true;
  }
  m_changed.notify_all();
  m_thread.join();
}

void RelayAlive::hold(wire::Header& header) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  auto* const mutex = reinterpret_cast<pthread_mutex_t*>(&header.relayAlive);
  pthread_mutex_init(mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
  pthread_mutex_lock(mutex);

  std::unique_lock lock(m_mutex);
  m_locked = true;
  m_changed.notify_all();
  m_changed.wait(lock, [this] { return m_over; });
}

}  // namespace heaptap::relay
