// How a block of 64 bytes becomes bitmaps, one bit a byte, lowest first: by the instructions that every processor of a
// kind has, and by wider ones that only some have.

#ifndef SEGMENT_SCAN_BLOCKS_H
#define SEGMENT_SCAN_BLOCKS_H
#include "segment_scan.h"

#define BLOCK 64

typedef struct {
  uint64_t quotes, backslashes, opens, closes, controls;
} block_bits;

// An opening bracket and its closing one differ from those of the other kind in bit 0x20 alone: with it set, there is
// one of each.
#define FOLD 0x20

#if defined(__SSE2__) && !defined(SEGMENT_SCAN_PORTABLE)

static inline uint64_t bits_of(__m128i a, __m128i b, __m128i c, __m128i d) {
  return (uint64_t)(uint32_t)_mm_movemask_epi8(a) | (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16 |
         (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 | (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

static inline uint64_t bits_equal(const __m128i text[4], char wanted) {
  __m128i value = _mm_set1_epi8(wanted);
  return bits_of(_mm_cmpeq_epi8(text[0], value), _mm_cmpeq_epi8(text[1], value),
                 _mm_cmpeq_epi8(text[2], value), _mm_cmpeq_epi8(text[3], value));
}

static inline __m128i below_space(__m128i text) {
  return _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1F)), text);
}

static inline block_bits classify(const uint8_t *bytes) {
  __m128i text[4], folded[4];
  for (int i = 0; i < 4; i++) {
    text[i] = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
    folded[i] = _mm_or_si128(text[i], _mm_set1_epi8(FOLD));
  }
  block_bits bits;
  bits.quotes = bits_equal(text, '"');
  bits.backslashes = bits_equal(text, '\\');
  bits.opens = bits_equal(folded, '{');
  bits.closes = bits_equal(folded, '}');
  // Control characters are rare: most blocks pay for one comparison of their smallest bytes only.
  __m128i least = _mm_min_epu8(_mm_min_epu8(text[0], text[1]), _mm_min_epu8(text[2], text[3]));
  bits.controls = 0;
  if (_mm_movemask_epi8(below_space(least)) != 0) {
    bits.controls =
        bits_of(below_space(text[0]), below_space(text[1]), below_space(text[2]), below_space(text[3]));
  }
  return bits;
}

#elif defined(__aarch64__) && !defined(SEGMENT_SCAN_PORTABLE)

// Three pairwise additions bring the weighted lanes of four vectors together as 64 bits.
static inline uint64_t bits_of(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
  static const uint8_t lanes[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t weights = vld1q_u8(lanes);
  uint8x16_t low = vpaddq_u8(vandq_u8(a, weights), vandq_u8(b, weights));
  uint8x16_t high = vpaddq_u8(vandq_u8(c, weights), vandq_u8(d, weights));
  uint8x16_t sums = vpaddq_u8(low, high);
  sums = vpaddq_u8(sums, sums);
  return vgetq_lane_u64(vreinterpretq_u64_u8(sums), 0);
}

static inline uint64_t bits_equal(const uint8x16_t text[4], uint8_t wanted) {
  uint8x16_t value = vdupq_n_u8(wanted);
  return bits_of(vceqq_u8(text[0], value), vceqq_u8(text[1], value), vceqq_u8(text[2], value),
                 vceqq_u8(text[3], value));
}

static inline block_bits classify(const uint8_t *bytes) {
  uint8x16_t text[4], folded[4];
  for (int i = 0; i < 4; i++) {
    text[i] = vld1q_u8(bytes + 16 * i);
    folded[i] = vorrq_u8(text[i], vdupq_n_u8(FOLD));
  }
  block_bits bits;
  bits.quotes = bits_equal(text, '"');
  bits.backslashes = bits_equal(text, '\\');
  bits.opens = bits_equal(folded, '{');
  bits.closes = bits_equal(folded, '}');
  uint8x16_t least = vminq_u8(vminq_u8(text[0], text[1]), vminq_u8(text[2], text[3]));
  bits.controls = 0;
  if (vminvq_u8(least) < 0x20) {
    uint8x16_t space = vdupq_n_u8(0x20);
    bits.controls = bits_of(vcltq_u8(text[0], space), vcltq_u8(text[1], space), vcltq_u8(text[2], space),
                            vcltq_u8(text[3], space));
  }
  return bits;
}

#else

static inline block_bits classify(const uint8_t *bytes) {
  block_bits bits = {0, 0, 0, 0, 0};
  for (int i = 0; i < BLOCK; i++) {
    uint8_t byte = bytes[i], folded = byte | FOLD;
    bits.quotes |= (uint64_t)(byte == '"') << i;
    bits.backslashes |= (uint64_t)(byte == '\\') << i;
    bits.opens |= (uint64_t)(folded == '{') << i;
    bits.closes |= (uint64_t)(folded == '}') << i;
    bits.controls |= (uint64_t)(byte < 0x20) << i;
  }
  return bits;
}

#endif

// Ones from each set bit up to the one before the next: the parity of the bits up to each place.
static inline uint64_t parity(uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

#if defined(__x86_64__) && !defined(SEGMENT_SCAN_PORTABLE)
#include <immintrin.h>
#define SEGMENT_SCAN_WIDE __attribute__((target("avx2,bmi,pclmul")))

static inline bool has_wide(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("pclmul");
}

SEGMENT_SCAN_WIDE static inline uint64_t wide_bits_of(__m256i low, __m256i high) {
  return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

SEGMENT_SCAN_WIDE static inline uint64_t wide_bits_equal(__m256i low, __m256i high, char wanted) {
  __m256i value = _mm256_set1_epi8(wanted);
  return wide_bits_of(_mm256_cmpeq_epi8(low, value), _mm256_cmpeq_epi8(high, value));
}

SEGMENT_SCAN_WIDE static inline __m256i wide_below_space(__m256i text) {
  return _mm256_cmpeq_epi8(_mm256_min_epu8(text, _mm256_set1_epi8(0x1F)), text);
}

SEGMENT_SCAN_WIDE static inline block_bits wide_classify(const uint8_t *bytes) {
  __m256i low = _mm256_loadu_si256((const __m256i *)bytes);
  __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
  __m256i fold = _mm256_set1_epi8(FOLD);
  __m256i folded_low = _mm256_or_si256(low, fold), folded_high = _mm256_or_si256(high, fold);
  block_bits bits;
  bits.quotes = wide_bits_equal(low, high, '"');
  bits.backslashes = wide_bits_equal(low, high, '\\');
  bits.opens = wide_bits_equal(folded_low, folded_high, '{');
  bits.closes = wide_bits_equal(folded_low, folded_high, '}');
  bits.controls = 0;
  if (_mm256_movemask_epi8(wide_below_space(_mm256_min_epu8(low, high))) != 0) {
    bits.controls = wide_bits_of(wide_below_space(low), wide_below_space(high));
  }
  return bits;
}

// A carry-less product with ones adds each bit to all above it.
SEGMENT_SCAN_WIDE static inline uint64_t wide_parity(uint64_t bits) {
  return (uint64_t)_mm_cvtsi128_si64(
      _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), _mm_set1_epi8(-1), 0));
}

#endif
#endif
