// Bitmaps over blocks of 64 bytes, one bit a byte, lowest first: quotes, backslashes, brackets and control characters
// are found by vector comparison, and which bytes are inside strings follows from them by arithmetic on the bitmaps.

#include "segment_scan_blocks.h"

// The walks are written once and compiled for each set of instructions, with these as constants.
typedef block_bits (*classifier)(const uint8_t *bytes);
typedef uint64_t (*parity_function)(uint64_t bits);
#define EACH_WAY static inline __attribute__((always_inline))

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

// Ones from each opening quote up to the byte before its closing quote.
EACH_WAY uint64_t string_bytes(parity_function parity_of, uint64_t quotes, carry *from) {
  uint64_t strings = parity_of(quotes) ^ from->in_string;
  from->in_string = 0 - (strings >> 63);
  return strings;
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

EACH_WAY segment_scan_result walk_container(
    classifier classify_block, parity_function parity_of, const uint8_t *bytes, size_t position, size_t end,
    size_t depth_limit) {
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
    block_bits bits = classify_block(block);
    uint64_t quotes = bits.quotes & ~escaped_bytes(bits.backslashes, &state);
    uint64_t strings = string_bytes(parity_of, quotes, &state);
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

EACH_WAY segment_scan_result walk_string(
    classifier classify_block, const uint8_t *bytes, size_t position, size_t end) {
  carry state = {0, 0};
  for (; position < end; position += BLOCK) {
    uint8_t filled[BLOCK];
    const uint8_t *block = block_at(bytes, position, end, filled);
    block_bits bits = classify_block(block);
    uint64_t stops = (bits.quotes & ~escaped_bytes(bits.backslashes, &state)) | bits.controls;
    if (stops != 0) {
      unsigned place = (unsigned)__builtin_ctzll(stops);
      bool closed = block[place] == '"';
      return result_of(position + place, closed ? SEGMENT_SCAN_DONE : SEGMENT_SCAN_CONTROL, false);
    }
  }
  return result_of(end, SEGMENT_SCAN_TRUNCATED, false);
}

segment_scan_result segment_scan_skip_container_narrow(
    const uint8_t *bytes, size_t position, size_t end, size_t depth_limit) {
  return walk_container(classify, parity, bytes, position, end, depth_limit);
}

segment_scan_result segment_scan_skip_string_narrow(const uint8_t *bytes, size_t position, size_t end) {
  return walk_string(classify, bytes, position, end);
}

#ifdef SEGMENT_SCAN_WIDE

SEGMENT_SCAN_WIDE static segment_scan_result skip_container_wide(
    const uint8_t *bytes, size_t position, size_t end, size_t depth_limit) {
  return walk_container(wide_classify, wide_parity, bytes, position, end, depth_limit);
}

SEGMENT_SCAN_WIDE static segment_scan_result skip_string_wide(const uint8_t *bytes, size_t position, size_t end) {
  return walk_string(wide_classify, bytes, position, end);
}

static bool is_wide = false;

// Runs when the program is loaded, before there are threads: later calls read what it wrote without locking.
__attribute__((constructor)) static void choose_width(void) { is_wide = has_wide(); }

segment_scan_result segment_scan_skip_container(
    const uint8_t *bytes, size_t position, size_t end, size_t depth_limit) {
  if (is_wide) return skip_container_wide(bytes, position, end, depth_limit);
  return segment_scan_skip_container_narrow(bytes, position, end, depth_limit);
}

segment_scan_result segment_scan_skip_string(const uint8_t *bytes, size_t position, size_t end) {
  if (is_wide) return skip_string_wide(bytes, position, end);
  return segment_scan_skip_string_narrow(bytes, position, end);
}

#else

segment_scan_result segment_scan_skip_container(
    const uint8_t *bytes, size_t position, size_t end, size_t depth_limit) {
  return segment_scan_skip_container_narrow(bytes, position, end, depth_limit);
}

segment_scan_result segment_scan_skip_string(const uint8_t *bytes, size_t position, size_t end) {
  return segment_scan_skip_string_narrow(bytes, position, end);
}

#endif
