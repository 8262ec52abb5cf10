#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>

// The memory of this program. A run makes some thousand short-lived small
// blocks, and malloc was a fifth of its time. Here each thread keeps what it
// has freed in lists by size and hands it out again, without locks and without
// ever giving it back.

namespace {

constexpr std::size_t grain = alignof(std::max_align_t);
constexpr std::size_t sizes = 256; // up to 4 KiB; malloc has the larger ones
constexpr std::size_t chunk = 1U << 18;

/// In front of each block.
struct alignas(grain) header {
  std::size_t size_class; // `sizes`: malloc's
};

struct free_block {
  free_block* next;
};

struct stock {
  std::array<free_block*, sizes> freed{};
  std::byte* fresh = nullptr;
  std::size_t left = 0;
};
thread_local constinit stock own;

void* from_malloc(std::size_t size) {
  void* block = std::malloc(size);
  if (!block)
    throw std::bad_alloc();
  return block;
}

void* marked(void* block, std::size_t size_class) {
  return new (block) header{size_class} + 1;
}

void* cut_fresh(std::size_t size_class) {
  const auto size = sizeof(header) + (size_class + 1) * grain;
  if (own.left < size) {
    own.fresh = static_cast<std::byte*>(from_malloc(chunk));
    own.left = chunk;
  }
  void* block = own.fresh;
  own.fresh += size;
  own.left -= size;
  return marked(block, size_class);
}

} // namespace

void* operator new(std::size_t size) {
  const auto size_class = size == 0 ? 0 : (size - 1) / grain;
  if (size_class >= sizes)
    return marked(from_malloc(sizeof(header) + size), sizes);
  auto*& freed = own.freed[size_class];
  if (!freed)
    return cut_fresh(size_class);
  void* block = freed;
  freed = freed->next;
  return block;
}

void operator delete(void* block) noexcept {
  if (!block)
    return;
  auto* front = static_cast<header*>(block) - 1;
  if (front->size_class == sizes)
    return std::free(front);
  auto*& freed = own.freed[front->size_class];
  freed = new (block) free_block{freed};
}

void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}
