#ifndef SEGMENT_SCAN_H
#define SEGMENT_SCAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__) && !defined(SEGMENT_SCAN_PORTABLE)
#include <emmintrin.h>
#elif defined(__aarch64__) && !defined(SEGMENT_SCAN_PORTABLE)
#include <arm_neon.h>
#endif

/// The deepest nesting the functions here can follow, whatever a caller asks for.
#define SEGMENT_SCAN_MAXIMUM_DEPTH 4096

/// How a walk over JSON text ended.
#define SEGMENT_SCAN_DONE 0
/// The text ended first.
#define SEGMENT_SCAN_TRUNCATED 1
/// A control character inside a string, or outside of strings one that is no white space.
#define SEGMENT_SCAN_CONTROL 2
/// A closing bracket of the other kind.
#define SEGMENT_SCAN_MISMATCH 3
/// More open brackets than allowed.
#define SEGMENT_SCAN_TOO_DEEP 4
/// A backslash outside of strings.
#define SEGMENT_SCAN_BACKSLASH 5

/// Where a walk ended and why.
typedef struct {
  /// Of the last byte of what was walked over, or of the byte at fault; the end of the text where that came first.
  size_t position;
  uint8_t status;
  /// Line feeds or carriage returns stand between the tokens walked over.
  uint8_t line_breaks;
} segment_scan_result;

/// Walks over an array or object and all it holds: checks that brackets match by kind, strings are closed, control
/// characters stand only where white space may, backslashes in strings only, and no more than `depth_limit` brackets are open at a time. Reads
/// bytes[position ..< end] and nothing else. `bytes[position]` must be an opening bracket (otherwise: a mismatch
/// there). Linear in the length of the container.
segment_scan_result segment_scan_skip_container(
    const uint8_t *bytes, size_t position, size_t end, size_t depth_limit);

/// Walks over the rest of a string from `position`, a place inside it that no backslash stands before, to its closing
/// quote. Reads bytes[position ..< end] and nothing else.
segment_scan_result segment_scan_skip_string(const uint8_t *bytes, size_t position, size_t end);

/// The same by the instructions that every processor of the kind has, for tests; the two above use wider ones where there
/// are any.
segment_scan_result segment_scan_skip_container_narrow(
    const uint8_t *bytes, size_t position, size_t end, size_t depth_limit);
segment_scan_result segment_scan_skip_string_narrow(const uint8_t *bytes, size_t position, size_t end);

/// Place of the first `wanted` among `count` bytes, or `count` where there is none. `bytes` must not be null.
static inline size_t segment_scan_find(const uint8_t *bytes, size_t count, uint8_t wanted) {
  const uint8_t *found = (const uint8_t *)memchr(bytes, wanted, count);
  return found ? (size_t)(found - bytes) : count;
}

/// A bit, lowest first, for each of the 16 bytes at `bytes` that is a quote, a backslash or a control character.
static inline uint32_t segment_scan_string_stops(const uint8_t *bytes) {
#if defined(__SSE2__) && !defined(SEGMENT_SCAN_PORTABLE)
  __m128i text = _mm_loadu_si128((const __m128i *)bytes);
  __m128i stops = _mm_cmpeq_epi8(text, _mm_set1_epi8('"'));
  stops = _mm_or_si128(stops, _mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
  stops = _mm_or_si128(stops, _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1F)), text));
  return (uint32_t)_mm_movemask_epi8(stops);
#elif defined(__aarch64__) && !defined(SEGMENT_SCAN_PORTABLE)
  static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t text = vld1q_u8(bytes);
  uint8x16_t stops = vorrq_u8(vceqq_u8(text, vdupq_n_u8('"')), vceqq_u8(text, vdupq_n_u8('\\')));
  stops = vandq_u8(vorrq_u8(stops, vcltq_u8(text, vdupq_n_u8(0x20))), vld1q_u8(weights));
  return (uint32_t)vaddv_u8(vget_low_u8(stops)) | (uint32_t)vaddv_u8(vget_high_u8(stops)) << 8;
#else
  uint32_t stops = 0;
  for (int i = 0; i < 16; i++) {
    stops |= (uint32_t)(bytes[i] == '"' || bytes[i] == '\\' || bytes[i] < 0x20) << i;
  }
  return stops;
#endif
}

#endif
