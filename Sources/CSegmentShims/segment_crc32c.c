#include "segment_crc32c.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#define ACCELERATED __attribute__((target("sse4.2,pclmul")))
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#include <arm_acle.h>
#include <arm_neon.h>
#if defined(__clang__)
#define ACCELERATED __attribute__((target("crc,aes")))
#else
#define ACCELERATED __attribute__((target("+crc+aes")))
#endif
#endif

// A CRC register holds a polynomial over GF(2) of degree below 32 with its bits reversed: the highest bit is
// the coefficient of x^0. Feeding a byte multiplies by x^8 modulo the polynomial below.
static const uint32_t reversedPolynomial = 0x82F63B78;

// byteTables[k][b] is what byte b adds to the register when k more bytes follow it in the same step.
static uint32_t byteTables[8][256];

static uint32_t feed_byte(uint32_t crc, uint8_t byte) {
  return (crc >> 8) ^ byteTables[0][(crc ^ byte) & 0xFF];
}

static void build_byte_tables(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? reversedPolynomial : 0);
    byteTables[0][byte] = crc;
  }
  for (int following = 1; following < 8; following++)
    for (int byte = 0; byte < 256; byte++)
      byteTables[following][byte] = feed_byte(byteTables[following - 1][byte], 0);
}

// The functions named feed_... take and return the bare register, without the complements before and after.
static uint32_t feed_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
  for (; count >= 8; bytes += 8, count -= 8) {
    const uint32_t low = crc ^ ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                                (uint32_t)bytes[3] << 24);
    crc = byteTables[7][low & 0xFF] ^ byteTables[6][low >> 8 & 0xFF] ^ byteTables[5][low >> 16 & 0xFF] ^
          byteTables[4][low >> 24] ^ byteTables[3][bytes[4]] ^ byteTables[2][bytes[5]] ^
          byteTables[1][bytes[6]] ^ byteTables[0][bytes[7]];
  }
  for (; count > 0; bytes++, count--) crc = feed_byte(crc, *bytes);
  return crc;
}

#ifdef ACCELERATED

// The CRC instruction takes one word a cycle but gives its result three cycles later. So three adjacent streams
// of `words` words run side by side, and their registers are joined by moving the first past the two after it
// and the second past the third: a multiplication by x to the number of bits skipped.
//
// The carry-less product of two reversed 32-bit polynomials, read as a reversed 64-bit one, is their product
// times x; a CRC instruction then multiplies by x^32 and reduces. Hence skipFactors[n] = x^(64 n - 33).
enum { longestStream = 256, shortestStream = 8 };
static uint32_t skipFactors[2 * longestStream + 1];

static void build_skip_factors(void) {
  uint32_t factor = 0x80000000;  // x^0
  for (int power = 0; power < 31; power++)
    factor = (factor >> 1) ^ (factor & 1 ? reversedPolynomial : 0);
  for (int words = 1; words <= 2 * longestStream; words++) {
    skipFactors[words] = factor;
    for (int byte = 0; byte < 8; byte++) factor = feed_byte(factor, 0);
  }
}

#if defined(__x86_64__)

static bool processor_has_instructions(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}
ACCELERATED static inline uint64_t feed_word(uint64_t crc, uint64_t word) { return _mm_crc32_u64(crc, word); }
ACCELERATED static inline uint32_t feed_one(uint32_t crc, uint8_t byte) { return _mm_crc32_u8(crc, byte); }
ACCELERATED static inline uint64_t multiply(uint32_t a, uint32_t b) {
  return (uint64_t)_mm_cvtsi128_si64(
      _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)a), _mm_cvtsi32_si128((int)b), 0));
}

#else

static bool processor_has_instructions(void) {
#if defined(__linux__)
  // Bits of the kernel's arm64 interface: HWCAP_PMULL and HWCAP_CRC32.
  const unsigned long needed = 1UL << 4 | 1UL << 7;
  return (getauxval(AT_HWCAP) & needed) == needed;
#elif defined(__APPLE__)
  return true;  // Every arm64 processor that runs macOS has both.
#else
  return false;
#endif
}
ACCELERATED static inline uint64_t feed_word(uint64_t crc, uint64_t word) {
  return __crc32cd((uint32_t)crc, word);
}
ACCELERATED static inline uint32_t feed_one(uint32_t crc, uint8_t byte) { return __crc32cb(crc, byte); }
ACCELERATED static inline uint64_t multiply(uint32_t a, uint32_t b) {
  return vgetq_lane_u64(vreinterpretq_u64_p128(vmull_p64((poly64_t)a, (poly64_t)b)), 0);
}

#endif

static inline uint64_t load_word(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

ACCELERATED static uint32_t feed_accelerated(uint32_t seed, const uint8_t *bytes, size_t count) {
  uint64_t crc = seed;
  while (count >= 3 * shortestStream * 8) {
    size_t words = count / 24;
    if (words > longestStream) words = longestStream;
    const uint8_t *const first = bytes, *const second = first + words * 8, *const third = second + words * 8;
    uint64_t crc2 = 0, crc3 = 0;
    for (size_t at = 0; at < words * 8; at += 8) {
      crc = feed_word(crc, load_word(first + at));
      crc2 = feed_word(crc2, load_word(second + at));
      crc3 = feed_word(crc3, load_word(third + at));
    }
    const uint64_t moved =
        multiply((uint32_t)crc, skipFactors[2 * words]) ^ multiply((uint32_t)crc2, skipFactors[words]);
    crc = crc3 ^ feed_word(0, moved);
    bytes += words * 24;
    count -= words * 24;
  }
  for (; count >= 8; bytes += 8, count -= 8) crc = feed_word(crc, load_word(bytes));
  uint32_t rest = (uint32_t)crc;
  for (; count > 0; bytes++, count--) rest = feed_one(rest, *bytes);
  return rest;
}

#endif

static uint32_t (*feed)(uint32_t crc, const uint8_t *bytes, size_t count) = feed_portable;

// Runs when the program is loaded, before there are threads: later calls read what it wrote without locking.
__attribute__((constructor)) static void choose_implementation(void) {
  build_byte_tables();
#ifdef ACCELERATED
  if (processor_has_instructions()) {
    build_skip_factors();
    feed = feed_accelerated;
  }
#endif
}

uint32_t segment_crc32c(uint32_t seed, const void *data, size_t count) {
  return ~feed(~seed, (const uint8_t *)data, count);
}

uint32_t segment_crc32c_portable(uint32_t seed, const void *data, size_t count) {
  return ~feed_portable(~seed, (const uint8_t *)data, count);
}

bool segment_crc32c_is_accelerated(void) { return feed != feed_portable; }
