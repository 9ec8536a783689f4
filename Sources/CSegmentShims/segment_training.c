// The inner loops of dictionary training: text cut into portions and passages, and tables of passages.

#include "segment_training.h"

#include <string.h>

#if defined(__SSE2__) && !defined(SEGMENT_SCAN_PORTABLE)
#include <emmintrin.h>
#endif

#define START 1u
#define END 2u
// Words longer than this get marks inside, at most `FARTHEST` apart.
#define LONG_WORD 32
#define FARTHEST 64
#define NEAREST 8

_Static_assert(SEGMENT_TRAINING_LONGEST_PORTION + SEGMENT_TRAINING_REACH < SEGMENT_TRAINING_MOST_MARKS, "room");

static inline uint64_t load8(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, 8);
  return value;
}

static inline uint32_t load4(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, 4);
  return value;
}

// Letters, digits, '-', '_' and everything above ASCII make words.
static inline int is_word(uint8_t byte) {
  uint8_t lower = byte | 0x20;
  return (uint8_t)(lower - 'a') < 26 || (uint8_t)(byte - '0') < 10 || byte >= 0x80 || byte == '-' || byte == '_';
}

// One bit a byte, lowest first: set in words.
static inline uint64_t words_of(const uint8_t *bytes) {
#if defined(__SSE2__) && !defined(SEGMENT_SCAN_PORTABLE)
  uint64_t bits = 0;
  for (int i = 0; i < 4; i++) {
    __m128i text = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
    // Both comparisons are signed: the ranges are shifted to begin at -128.
    __m128i letters = _mm_cmplt_epi8(
        _mm_add_epi8(_mm_or_si128(text, _mm_set1_epi8(0x20)), _mm_set1_epi8((char)(128 - 'a'))),
        _mm_set1_epi8(-128 + 26));
    __m128i digits = _mm_cmplt_epi8(_mm_add_epi8(text, _mm_set1_epi8((char)(128 - '0'))), _mm_set1_epi8(-128 + 10));
    __m128i joins = _mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('-')), _mm_cmpeq_epi8(text, _mm_set1_epi8('_')));
    // The sign bit of a byte above ASCII stands for itself.
    __m128i all = _mm_or_si128(_mm_or_si128(letters, digits), _mm_or_si128(joins, text));
    bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(all) << (16 * i);
  }
  return bits;
#else
  uint64_t bits = 0;
  for (int i = 0; i < 64; i++) bits |= (uint64_t)is_word(bytes[i]) << i;
  return bits;
#endif
}

// Marks inside a stretch that has none, by what is written there; and where that gives none either (one byte
// over and over), at fixed distances from its start.
static uint32_t fill(const uint8_t *text, uint32_t last, uint32_t limit, uint32_t *marks, uint32_t count) {
  uint32_t at = last + NEAREST;
  while (at + 4 <= limit) {
    uint32_t mixed = load4(text + at) * 0x9E3779B1u;
    if (mixed >> 28 == 0 || at - last >= FARTHEST) {
      marks[count++] = at << 2 | START | END;
      last = at;
      at += NEAREST;
    } else {
      at += 1;
    }
  }
  return count;
}

static inline int ends_portion(const uint8_t *bytes) {
  return (load8(bytes) * 0x9FB21C651E98DF25u) >> 57 == 0;
}

void segment_training_portion(const uint8_t *text, size_t count, segment_training_scratch *scratch) {
  uint32_t longest = SEGMENT_TRAINING_LONGEST_PORTION;
  uint32_t limit = count < longest + SEGMENT_TRAINING_REACH ? (uint32_t)count : longest + SEGMENT_TRAINING_REACH;
  uint32_t *marks = scratch->marks;
  uint32_t found = 0, last = 0, length = 0;
  marks[found++] = 0 << 2 | START | END;
  uint64_t carry = is_word(text[0]);
  for (uint32_t base = 0; base < limit; base += 64) {
    uint64_t words;
    uint8_t rest[64];
    if (limit - base >= 64) {
      words = words_of(text + base);
    } else {
      memset(rest, ' ', sizeof rest);
      memcpy(rest, text + base, limit - base);
      words = words_of(rest);
    }
    uint64_t before = words << 1 | carry;
    carry = words >> 63;
    uint64_t edges = words ^ before;
    while (edges != 0) {
      uint32_t bit = (uint32_t)__builtin_ctzll(edges);
      edges &= edges - 1;
      uint32_t at = base + bit;
      if (at >= limit || at == 0) break;
      if (at - last > LONG_WORD) found = fill(text, last, at, marks, found);
      last = at;
      uint32_t kind = words >> bit & 1 ? END : START;
      marks[found++] = at << 2 | kind;
      if (length == 0 && kind == START && at >= SEGMENT_TRAINING_SHORTEST_PORTION && at + 8 <= limit &&
          at <= longest && ends_portion(text + at)) {
        length = at;
        uint32_t reach = at + SEGMENT_TRAINING_REACH;
        if (reach < limit) limit = reach;
      }
    }
  }
  if (limit - last > LONG_WORD) found = fill(text, last, limit, marks, found);
  if (length == 0) length = count < longest ? (uint32_t)count : longest;
  scratch->markCount = found;
  scratch->passageCount = 0;
  scratch->length = length;
  scratch->scanned = limit;
}

static inline uint64_t mix(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

// After W. Yi's wyhash: products of 64 bits, folded. At least 16 bytes.
static inline uint64_t hash_of(const uint8_t *text, size_t count, const segment_training_key *key) {
  uint64_t state = key->a ^ mix(count ^ key->b, key->c);
  const uint8_t *at = text;
  size_t left = count;
  while (left > 16) {
    state = mix(load8(at) ^ key->b, load8(at + 8) ^ state);
    at += 16;
    left -= 16;
  }
  at = text + count - 16;
  uint64_t result = mix(mix(load8(at) ^ key->c, load8(at + 8) ^ state) ^ key->d, count ^ key->b);
  return result == 0 ? 1 : result;
}

uint64_t segment_training_hash(const uint8_t *text, size_t count, const segment_training_key *key) {
  if (count < 16) return 1;
  uint64_t states[3] = {key->a, key->b ^ key->d, key->c ^ count};
  const uint8_t *at = text;
  size_t left = count;
  // Three chains of products side by side.
  while (left >= 48) {
    states[0] = mix(load8(at) ^ key->b, load8(at + 8) ^ states[0]);
    states[1] = mix(load8(at + 16) ^ key->c, load8(at + 24) ^ states[1]);
    states[2] = mix(load8(at + 32) ^ key->d, load8(at + 40) ^ states[2]);
    at += 48;
    left -= 48;
  }
  uint64_t rest = left >= 16 ? hash_of(at, left, key) : hash_of(text + count - 16, 16, key);
  return mix(mix(states[0] ^ key->b, states[1] ^ rest) ^ key->c, states[2] ^ key->a);
}

void segment_training_passages(const uint8_t *text, size_t count, const segment_training_key *key,
                               segment_training_scratch *scratch) {
  const uint32_t *marks = scratch->marks;
  uint32_t total = scratch->markCount, made = 0, next = 0, end = 0;
  uint32_t at = 0;
  int is_last = scratch->scanned == count;
  while (at < total && (marks[at] >> 2) < scratch->length) {
    next = at + 1;
    while (next < total && (marks[next] & START) == 0) next++;
    uint32_t from = marks[at] >> 2;
    uint32_t following = next < total ? marks[next] >> 2 : scratch->scanned;
    uint32_t wanted = following + SEGMENT_TRAINING_WINDOW - 1;
    if (end < next) end = next;
    while (end < total && ((marks[end] & END) == 0 || marks[end] >> 2 < wanted)) end++;
    uint32_t to;
    if (end < total) {
      to = marks[end] >> 2;
    } else if (is_last) {
      to = scratch->scanned;
    } else {
      to = from;
    }
    if (to - from >= SEGMENT_TRAINING_WINDOW && to - from <= UINT16_MAX) {
      segment_training_passage *passage = &scratch->passages[made++];
      passage->hash = hash_of(text + from, to - from, key);
      passage->start = from;
      passage->length = (uint16_t)(to - from);
      passage->step = (uint16_t)(following - from);
    }
    at = next;
  }
  scratch->passageCount = made;
}

static inline uint64_t place_of(uint64_t hash, uint64_t mask) { return (hash >> 8) & mask & ~(uint64_t)3; }

// Places ahead whose memory is asked for before it is needed.
#define AHEAD 8

uint32_t segment_training_count(segment_training_entry *entries, uint64_t mask,
                                const segment_training_passage *passages, uint32_t count, uint32_t session,
                                uint32_t first, uint32_t is_known, const segment_training_rule *rule,
                                uint32_t *below) {
  uint32_t inserted = 0;
  for (uint32_t i = 0; i < count && i < AHEAD; i++) __builtin_prefetch(&entries[place_of(passages[i].hash, mask)], 1);
  for (uint32_t i = 0; i < count; i++) {
    if (i + AHEAD < count) __builtin_prefetch(&entries[place_of(passages[i + AHEAD].hash, mask)], 1);
    uint64_t hash = passages[i].hash, at = place_of(hash, mask);
    while (entries[at].hash != hash && entries[at].hash != 0) at = (at + 1) & mask;
    segment_training_entry *entry = &entries[at];
    if (entry->hash == 0) {
      *entry = (segment_training_entry){hash, session, 1, is_known ? 1 : 0, 1};
      inserted++;
    } else if (entry->last != session) {
      if (entry->last < first) {
        if (entry->visitors < UINT8_MAX) entry->visitors++;
        if (is_known && entry->known < UINT8_MAX) entry->known++;
      }
      if (entry->sessions < UINT16_MAX) entry->sessions++;
      entry->last = session;
    }
    *below += !segment_training_is_public(entry, rule);
  }
  return inserted;
}

void segment_training_find(const segment_training_entry *entries, uint64_t mask,
                           const segment_training_passage *passages, uint32_t count, uint32_t *places) {
  for (uint32_t i = 0; i < count && i < AHEAD; i++) __builtin_prefetch(&entries[place_of(passages[i].hash, mask)]);
  for (uint32_t i = 0; i < count; i++) {
    if (i + AHEAD < count) __builtin_prefetch(&entries[place_of(passages[i + AHEAD].hash, mask)]);
    uint64_t hash = passages[i].hash, at = place_of(hash, mask);
    while (entries[at].hash != hash && entries[at].hash != 0) at = (at + 1) & mask;
    places[i] = entries[at].hash == 0 ? UINT32_MAX : (uint32_t)at;
  }
}

void segment_training_insert(segment_training_entry *entries, uint64_t mask, const segment_training_entry *entry) {
  uint64_t at = place_of(entry->hash, mask);
  while (entries[at].hash != 0) at = (at + 1) & mask;
  entries[at] = *entry;
}
