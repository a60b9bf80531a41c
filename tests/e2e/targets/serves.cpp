// SPDX-License-Identifier: Apache-2.0
//
// serves SECONDS: a server under load, the program of docs/time.md. A thread reads requests, two others
// answer and free them; of every tenth request something is remembered, and never forgotten.
#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace server {

struct Request {
  int number = 0;
  std::string text;
};

/// Hands requests from the thread that reads to those that answer. An empty one ends them.
class Queue {
 public:
  void put(std::unique_ptr<Request> request) {
    const std::lock_guard lock(m_mutex);
    m_waiting.push_back(std::move(request));
    m_changed.notify_one();
  }
  std::unique_ptr<Request> take() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_waiting.empty(); });
    auto request = std::move(m_waiting.front());
    m_waiting.pop_front();
    return request;
  }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<std::unique_ptr<Request>> m_waiting;
};

/// What was answered before. Nothing is ever taken out of it: the fault that docs/time.md looks for.
class Cache {
 public:
  void remember(int number, const std::string& answer) {
    const std::lock_guard lock(m_mutex);
    m_answers[number] = answer;
  }

 private:
  std::mutex m_mutex;
  std::map<int, std::string> m_answers;
};

std::unique_ptr<Request> readRequest(int number) {
  auto request = std::make_unique<Request>();
  request->number = number;
  request->text = std::string(600, 'x');
  return request;
}

void answer(const Request& request, Cache& cache) {
  const std::string text = "answer to " + request.text;
  if (request.number % 10 == 0) cache.remember(request.number, text);
}

void answerAll(Queue& queue, Cache& cache) {
  pthread_setname_np(pthread_self(), "worker");
  while (const auto request = queue.take()) answer(*request, cache);
}

}  // namespace server

int main(int count, char** words) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(count > 1 ? std::atoi(words[1]) : 10);
  pthread_setname_np(pthread_self(), "reader");
  server::Queue queue;
  server::Cache cache;
  std::vector<std::thread> workers;
  for (int i = 0; i < 2; ++i) workers.emplace_back([&] { server::answerAll(queue, cache); });
  for (int number = 0; Clock::now() < end; ++number) {
    queue.put(server::readRequest(number));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // A request comes each millisecond.
  }
  for (std::size_t i = 0; i < workers.size(); ++i) queue.put(nullptr);
  for (std::thread& worker : workers) worker.join();
  return 0;
}
