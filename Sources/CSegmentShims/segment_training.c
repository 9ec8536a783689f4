// The inner loops of dictionary training: text cut into portions and passages, and tables of passages.

#include "segment_training.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SSE2__) && !defined(SEGMENT_SCAN_PORTABLE)
#include <emmintrin.h>
#endif

// Longer stretches without a start get marks inside, at most `FARTHEST` apart.
#define LONG_STRETCH 48
#define FARTHEST 64
#define NEAREST 8
#define HUGE_PAGE ((size_t)2 << 20)

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

// Marks inside a stretch that has no start, by what is written there; and where that gives none either (one byte over
// and over), at fixed distances from its beginning.
static uint32_t fill(const uint8_t *text, uint32_t last, uint32_t limit, uint32_t *marks, uint32_t count) {
  uint32_t at = last + NEAREST;
  while (at + 4 <= limit) {
    uint32_t mixed = load4(text + at) * 0x9E3779B1u;
    if (mixed >> 28 == 0 || at - last >= FARTHEST) {
      marks[count++] = at;
      last = at;
      at += NEAREST;
    } else {
      at += 1;
    }
  }
  return count;
}

// Adds marks to all long stretches; they are starts and ends at once.
static void fill_all(const uint8_t *text, uint32_t limit, segment_training_scratch *scratch) {
  uint32_t *starts = scratch->spare, made = 0, last = 0;
  for (uint32_t i = 0; i <= scratch->startCount; i++) {
    uint32_t at = i < scratch->startCount ? scratch->starts[i] : limit;
    if (at - last > LONG_STRETCH) made = fill(text, last, at, starts, made);
    last = at;
    if (i < scratch->startCount) starts[made++] = at;
  }
  uint32_t *unfilled = scratch->starts;
  // The ends are joined with the new marks, from the last to the first so that they can stay where they are.
  uint32_t added = made - scratch->startCount;
  uint32_t from = made, old = scratch->startCount, left = scratch->endCount, to = left + added;
  while (from > 0) {
    uint32_t mark = starts[--from];
    if (old > 0 && unfilled[old - 1] == mark) {
      old--;
      continue;
    }
    while (left > 0 && scratch->ends[left - 1] > mark) scratch->ends[--to] = scratch->ends[--left];
    scratch->ends[--to] = mark;
  }
  scratch->endCount += added;
  scratch->starts = starts;
  scratch->startCount = made;
  scratch->spare = unfilled;
}

static inline int ends_portion(const uint8_t *bytes) {
  return (load8(bytes) * 0x9FB21C651E98DF25u) >> 57 == 0;
}

void segment_training_portion(const uint8_t *text, size_t count, segment_training_scratch *scratch) {
  uint32_t longest = SEGMENT_TRAINING_LONGEST_PORTION;
  uint32_t limit = count < longest + SEGMENT_TRAINING_REACH ? (uint32_t)count : longest + SEGMENT_TRAINING_REACH;
  uint32_t *starts = scratch->starts, *ends = scratch->ends;
  uint32_t startCount = 1, endCount = 0, length = 0, farthest = 0;
  uint64_t carry = is_word(text[0]);
  starts[0] = 0;
  for (uint32_t base = 0; base < limit; base += 64) {
    uint64_t words;
    uint8_t rest[64];
    if (limit - base >= 64) {
      words = words_of(text + base);
    } else {
      memset(rest, carry ? 'a' : ' ', sizeof rest);
      memcpy(rest, text + base, limit - base);
      words = words_of(rest);
    }
    uint64_t before = words << 1 | carry;
    uint64_t valid = limit - base < 64 ? ((uint64_t)1 << (limit - base)) - 1 : UINT64_MAX;
    carry = words >> 63;
    uint32_t firstStart = startCount, firstEnd = endCount;
    // Passages start behind words and end before them: what differs from visitor to visitor is mostly words.
    for (uint64_t bits = before & ~words & valid; bits != 0; bits &= bits - 1) {
      uint32_t at = base + (uint32_t)__builtin_ctzll(bits);
      uint32_t stretch = at - starts[startCount - 1];
      farthest = stretch > farthest ? stretch : farthest;
      starts[startCount++] = at;
    }
    for (uint64_t bits = words & ~before & valid; bits != 0; bits &= bits - 1) {
      ends[endCount++] = base + (uint32_t)__builtin_ctzll(bits);
    }
    if (length == 0 && base >= SEGMENT_TRAINING_SHORTEST_PORTION) {
      for (uint32_t i = firstStart; i < startCount; i++) {
        uint32_t at = starts[i];
        if (at <= longest && at + 8 <= limit && ends_portion(text + at)) {
          length = at;
          if (at + SEGMENT_TRAINING_REACH < limit) limit = at + SEGMENT_TRAINING_REACH;
          break;
        }
      }
    }
    if (length != 0) {
      // The last passage ends at the first end that leaves room for the last window before the next portion.
      uint32_t i = firstEnd;
      while (i < endCount && ends[i] < length + SEGMENT_TRAINING_WINDOW - 1) i++;
      if (i < endCount) {
        endCount = i + 1;
        limit = ends[i];
      }
    }
  }
  while (startCount > 1 && starts[startCount - 1] >= limit) startCount--;
  scratch->startCount = startCount;
  scratch->endCount = endCount;
  scratch->passageCount = 0;
  scratch->scanned = limit;
  if (farthest > LONG_STRETCH || limit - starts[startCount - 1] > LONG_STRETCH) fill_all(text, limit, scratch);
  if (length == 0 && count > longest) {
    // Portions end at a start in any case, lest the next one has a passage that other sessions do not have there.
    uint32_t i = scratch->startCount - 1;
    while (i > 0 && scratch->starts[i] > longest) i--;
    length = scratch->starts[i] > 0 ? scratch->starts[i] : longest;
  }
  scratch->length = length == 0 ? (uint32_t)count : length;
}

static inline uint64_t mix(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

// After W. Yi's wyhash: products of 64 bits, folded; at least 32 bytes. The usual lengths take no branch, as the
// middle is read twice.
static inline uint64_t hash_of(const uint8_t *text, size_t count, const segment_training_key *key) {
  const uint64_t *k = key->words;
  const uint8_t *tail = text + count - 32;
  uint64_t state = mix(load8(text) ^ k[0], load8(text + 8) ^ k[1]) ^ mix(load8(text + 16) ^ k[2], load8(text + 24) ^ k[3]);
  uint64_t ends = mix(load8(tail) ^ k[4], load8(tail + 8) ^ k[5]) ^ mix(load8(tail + 16) ^ k[6], load8(tail + 24) ^ k[7]);
  for (size_t at = 32; at + 32 < count; at += 16) {
    state = mix(state ^ load8(text + at) ^ k[5], load8(text + at + 8) ^ k[2]);
  }
  uint64_t result = mix(state ^ k[1], ends ^ count ^ k[7]);
  return result == 0 ? 1 : result;
}

uint64_t segment_training_hash(const uint8_t *text, size_t count, const segment_training_key *key) {
  if (count < 32) return 1;
  const uint64_t *k = key->words;
  uint64_t states[3] = {k[0], k[1] ^ k[4], k[2] ^ count};
  const uint8_t *at = text;
  size_t left = count;
  // Three chains of products side by side.
  while (left >= 48) {
    states[0] = mix(load8(at) ^ k[5], load8(at + 8) ^ states[0]);
    states[1] = mix(load8(at + 16) ^ k[6], load8(at + 24) ^ states[1]);
    states[2] = mix(load8(at + 32) ^ k[7], load8(at + 40) ^ states[2]);
    at += 48;
    left -= 48;
  }
  uint64_t rest = left >= 32 ? hash_of(at, left, key) : hash_of(text + count - 32, 32, key);
  return mix(mix(states[0] ^ k[1], states[1] ^ rest) ^ k[2], states[2] ^ k[3]);
}

void segment_training_passages(const uint8_t *text, size_t count, const segment_training_key *key,
                               segment_training_scratch *scratch) {
  uint32_t *starts = scratch->starts, *ends = scratch->ends;
  uint32_t startCount = scratch->startCount, endCount = scratch->endCount, scanned = scratch->scanned;
  uint32_t made = 0, end = 0;
  int is_last = scanned == count;
  // There is room for these behind the last ones; they stop both searches.
  starts[startCount] = scanned;
  for (int i = 0; i < 3; i++) ends[endCount + i] = UINT32_MAX;
  for (uint32_t i = 0; i < startCount && starts[i] < scratch->length; i++) {
    uint32_t from = starts[i], following = starts[i + 1];
    uint32_t wanted = following + SEGMENT_TRAINING_WINDOW - 1;
    // Mostly none to two steps, hard to foretell: taken without a branch.
    end += ends[end] < wanted;
    end += ends[end] < wanted;
    while (ends[end] < wanted) end++;
    uint32_t to = end < endCount ? ends[end] : is_last ? scanned : from;
    if (to - from < SEGMENT_TRAINING_WINDOW || to - from > UINT16_MAX) continue;
    segment_training_passage *passage = &scratch->passages[made++];
    passage->hash = hash_of(text + from, to - from, key);
    passage->start = from;
    passage->length = (uint16_t)(to - from);
    passage->step = (uint16_t)(following - from);
  }
  scratch->passageCount = made;
}

static inline uint64_t place_of(uint64_t hash, uint64_t mask) { return (hash >> 8) & mask & ~(uint64_t)3; }

// Places ahead whose memory is asked for before it is needed.
#define AHEAD 16

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

segment_training_entry *segment_training_allocate(size_t count) {
  size_t size = count * sizeof(segment_training_entry);
  size_t alignment = size >= HUGE_PAGE ? HUGE_PAGE : 64;
  void *memory = NULL;
  if (posix_memalign(&memory, alignment, size) != 0) return NULL;
#ifdef MADV_HUGEPAGE
  // Looked up all over the place: with small pages most look-ups would miss the processor's table of pages, too.
  if (size >= HUGE_PAGE) madvise(memory, size, MADV_HUGEPAGE);
#endif
  memset(memory, 0, size);
  return memory;
}

void segment_training_free(segment_training_entry *entries) { free(entries); }
