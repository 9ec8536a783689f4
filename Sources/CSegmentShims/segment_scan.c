// Bitmaps over blocks of 64 bytes, one bit a byte, lowest first: quotes, backslashes, brackets and control characters
// are found by vector comparison, and which bytes are inside strings follows from them by arithmetic on the bitmaps.

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

// What a block hands to the next one.
typedef struct {
  // All ones inside a string, else zero.
  uint64_t in_string;
  // 1 where a backslash before the block escapes its first byte.
  uint64_t escapes_first;
} carry;

// The bytes that a backslash escapes: of a run of backslashes the first, third, fifth, ... escape the byte after them.
static inline uint64_t escaped_bytes(uint64_t backslashes, carry *from) {
  const uint64_t even = 0x5555555555555555u;
  // A first backslash that is itself escaped escapes nothing.
  uint64_t runs = backslashes & ~from->escapes_first;
  uint64_t starts = runs & ~(runs << 1);
  // Adding the start of a run to it clears it. Done with the runs that start at even places, that leaves set the
  // backslashes of the others: which places of a run escape, the even or the odd ones, is this bit.
  uint64_t odd_runs = runs + (starts & even);
  uint64_t escaping = runs & (even ^ odd_runs);
  uint64_t escaped = escaping << 1 | from->escapes_first;
  from->escapes_first = escaping >> 63;
  return escaped;
}

// Ones from each opening quote up to the byte before its closing quote: the parity of the quotes up to each place.
static inline uint64_t string_bytes(uint64_t quotes, carry *from) {
  quotes ^= quotes << 1;
  quotes ^= quotes << 2;
  quotes ^= quotes << 4;
  quotes ^= quotes << 8;
  quotes ^= quotes << 16;
  quotes ^= quotes << 32;
  quotes ^= from->in_string;
  from->in_string = 0 - (quotes >> 63);
  return quotes;
}

// The next block: in place, or where fewer bytes are left, copied and filled up with spaces, which mean nothing.
static inline const uint8_t *block_at(
    const uint8_t *bytes, size_t position, size_t end, uint8_t filled[BLOCK]) {
  if (end - position >= BLOCK) return bytes + position;
  memset(filled, ' ', BLOCK);
  memcpy(filled, bytes + position, end - position);
  return filled;
}

static inline uint64_t bits_below(unsigned place) { return ((uint64_t)1 << place) - 1; }

static inline segment_scan_result result_of(size_t position, uint8_t status, bool line_breaks) {
  return (segment_scan_result){position, status, line_breaks};
}

// Looks one by one at bytes that may not stand everywhere, control characters and backslashes outside of strings: BLOCK
// if all of them may stand where they are, else the place of the first that may not.
static unsigned first_bad(const uint8_t *block, uint64_t suspects, uint64_t strings, bool *line_breaks) {
  for (; suspects != 0; suspects &= suspects - 1) {
    unsigned place = (unsigned)__builtin_ctzll(suspects);
    uint8_t byte = block[place];
    bool in_string = strings >> place & 1;
    if (in_string || (byte != '\n' && byte != '\r' && byte != '\t')) return place;
    if (byte != '\t') *line_breaks = true;
  }
  return BLOCK;
}

segment_scan_result segment_scan_skip_container(
    const uint8_t *bytes, size_t position, size_t end, size_t depth_limit) {
  // The closing bracket each open one waits for. Never read above what was written.
  uint8_t waiting[SEGMENT_SCAN_MAXIMUM_DEPTH];
  size_t depth = 0;
  carry state = {0, 0};
  bool line_breaks = false;
  if (depth_limit > SEGMENT_SCAN_MAXIMUM_DEPTH) depth_limit = SEGMENT_SCAN_MAXIMUM_DEPTH;
  if (position >= end) return result_of(end, SEGMENT_SCAN_TRUNCATED, false);
  if ((bytes[position] | FOLD) != '{') return result_of(position, SEGMENT_SCAN_MISMATCH, false);

  for (; position < end; position += BLOCK) {
    uint8_t filled[BLOCK];
    const uint8_t *block = block_at(bytes, position, end, filled);
    block_bits bits = classify(block);
    uint64_t quotes = bits.quotes & ~escaped_bytes(bits.backslashes, &state);
    uint64_t strings = string_bytes(quotes, &state);
    uint64_t brackets = (bits.opens | bits.closes) & ~strings;

    // What stops the walk in this block, if anything does, and where.
    int status = -1;
    unsigned place = 0;
    for (; brackets != 0; brackets &= brackets - 1) {
      place = (unsigned)__builtin_ctzll(brackets);
      uint8_t byte = block[place];
      if (bits.opens >> place & 1) {
        if (depth == depth_limit) {
          status = SEGMENT_SCAN_TOO_DEEP;
          break;
        }
        waiting[depth++] = (uint8_t)(byte + 2);
      } else {
        // The first byte was an opening bracket, and at depth 0 the walk is over: there is one to look at.
        depth--;
        if (waiting[depth] != byte) {
          status = SEGMENT_SCAN_MISMATCH;
          break;
        }
        if (depth == 0) {
          status = SEGMENT_SCAN_DONE;
          break;
        }
      }
    }

    // A backslash outside of strings makes the bitmaps wrong from there on: it is looked for before they are believed.
    uint64_t suspects = bits.controls | (bits.backslashes & ~strings);
    if (status >= 0) suspects &= bits_below(place);
    if (suspects != 0) {
      unsigned bad = first_bad(block, suspects, strings, &line_breaks);
      if (bad < BLOCK) {
        uint8_t reason = block[bad] == '\\' ? SEGMENT_SCAN_BACKSLASH : SEGMENT_SCAN_CONTROL;
        return result_of(position + bad, reason, line_breaks);
      }
    }
    if (status >= 0) return result_of(position + place, (uint8_t)status, line_breaks);
  }
  return result_of(end, SEGMENT_SCAN_TRUNCATED, line_breaks);
}

segment_scan_result segment_scan_skip_string(const uint8_t *bytes, size_t position, size_t end) {
  carry state = {0, 0};
  for (; position < end; position += BLOCK) {
    uint8_t filled[BLOCK];
    const uint8_t *block = block_at(bytes, position, end, filled);
    block_bits bits = classify(block);
    uint64_t stops = (bits.quotes & ~escaped_bytes(bits.backslashes, &state)) | bits.controls;
    if (stops != 0) {
      unsigned place = (unsigned)__builtin_ctzll(stops);
      bool closed = block[place] == '"';
      return result_of(position + place, closed ? SEGMENT_SCAN_DONE : SEGMENT_SCAN_CONTROL, false);
    }
  }
  return result_of(end, SEGMENT_SCAN_TRUNCATED, false);
}
