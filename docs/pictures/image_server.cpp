// SPDX-License-Identifier: Apache-2.0
// The program of the picture of threads over time in docs/viewer.md (`./dev pictures`): decoders whose images
// a resizer takes over and frees, and a logger that keeps its lines. What it does depends on no input.
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace images {

using Image = std::vector<unsigned char>;

std::mutex g_mutex;
std::deque<std::unique_ptr<Image>> g_decoded;
std::vector<std::string> g_log;
std::atomic<int> g_decoding{2};

void rest(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }
void called(const char* name) { pthread_setname_np(pthread_self(), name); }

std::unique_ptr<Image> decode(int number) {
  const std::string header = "image " + std::to_string(number) + " of the gallery in the entrance hall";
  auto image = std::make_unique<Image>(20'000 + 500 * static_cast<std::size_t>(number % 60));
  std::memcpy(image->data(), header.data(), header.size());
  return image;
}

/// Comes and goes in waves, as requests do.
void runDecoder(const char* name, int wave) {
  called(name);
  for (int number = 0; number < 1'200; ++number) {
    std::unique_ptr<Image> image = decode(number);
    {
      const std::scoped_lock lock(g_mutex);
      g_decoded.push_back(std::move(image));
    }
    if (number % 12 == 0) rest((number / 200 + wave) % 2 == 0 ? 1 : 14);
  }
  --g_decoding;
}

std::size_t shrink(const Image& image) {
  const Image small(image.size() / 16, image[0]);
  return small.size();
}

void runResizer() {
  called("resizer");
  for (;;) {
    std::unique_ptr<Image> next;
    {
      const std::scoped_lock lock(g_mutex);
      if (g_decoded.size() > 120 || (g_decoding == 0 && !g_decoded.empty())) {
        next = std::move(g_decoded.front());
        g_decoded.pop_front();
      } else if (g_decoding == 0) {
        return;
      }
    }
    if (next == nullptr)
      rest(2);
    else if (shrink(*next) == 0)
      std::abort();
  }
}

void runLogger() {
  called("logger");
  for (int line = 0; g_decoding != 0; ++line) {
    g_log.push_back("line " + std::to_string(line) +
                    ": the service answers, and its queue is as long as it was");
    if (line % 20 == 0) rest(1);
  }
}

}  // namespace images

int main() {
  std::vector<std::thread> threads;
  threads.emplace_back(images::runDecoder, "decoder 1", 0);
  threads.emplace_back(images::runDecoder, "decoder 2", 1);
  threads.emplace_back(images::runResizer);
  threads.emplace_back(images::runLogger);
  for (std::thread& thread : threads) thread.join();
  return EXIT_SUCCESS;
}
