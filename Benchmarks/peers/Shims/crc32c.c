#include "peer_shims.h"

#include <string.h>

// Bit by bit by table, for processors without the instruction.
static uint32_t portable(const uint8_t *bytes, size_t length) {
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
  }
  return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

static uint64_t word(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, 8);
  return value;
}

__attribute__((target("sse4.2"))) static uint32_t thirds(const uint8_t *bytes, size_t length) {
  size_t third = length / 24 * 8;
  uint64_t a = 0xFFFFFFFFu, b = a, c = a;
  for (size_t i = 0; i < third; i += 8) {
    a = _mm_crc32_u64(a, word(bytes + i));
    b = _mm_crc32_u64(b, word(bytes + third + i));
    c = _mm_crc32_u64(c, word(bytes + 2 * third + i));
  }
  for (size_t i = 3 * third; i < length; i++) c = _mm_crc32_u8((uint32_t)c, bytes[i]);
  return (uint32_t)(a ^ b ^ c);
}

uint32_t peer_crc32c_thirds(const void *bytes, size_t length) {
  return __builtin_cpu_supports("sse4.2") ? thirds(bytes, length) : portable(bytes, length);
}
#else
uint32_t peer_crc32c_thirds(const void *bytes, size_t length) { return portable(bytes, length); }
#endif
