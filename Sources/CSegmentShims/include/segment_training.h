#ifndef SEGMENT_TRAINING_H
#define SEGMENT_TRAINING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes whose appearance in enough sessions makes text public: every passage is at least this long.
#define SEGMENT_TRAINING_WINDOW 32
/// A portion ends at the first fit mark from here on, or at the longest.
#define SEGMENT_TRAINING_SHORTEST_PORTION 1024
#define SEGMENT_TRAINING_LONGEST_PORTION 8192
/// Text beyond a portion that its last passages may reach into.
#define SEGMENT_TRAINING_REACH 448

/// Text that is counted as one: from one mark to a later one. Each window of 32 bytes that starts in its first
/// `step` bytes lies wholly inside, so when the passage is public, these windows are.
typedef struct {
  uint64_t hash;
  /// Offset from the portion's start.
  uint32_t start;
  uint16_t length;
  uint16_t step;
} segment_training_passage;

/// The most marks and the most passages of one portion: one a byte, and some to spare.
#define SEGMENT_TRAINING_MOST_MARKS 8704

/// Room for what is found in one portion. The caller gives each of the pointers SEGMENT_TRAINING_MOST_MARKS places,
/// and may find `starts` and `spare` exchanged.
typedef struct {
  /// Where passages may start, and where they may end: offsets from the portion's start.
  uint32_t *starts;
  uint32_t *ends;
  uint32_t *spare;
  segment_training_passage *passages;
  uint32_t startCount;
  uint32_t endCount;
  uint32_t passageCount;
  /// Length of the portion, and of the text that its marks were looked for in.
  uint32_t length;
  uint32_t scanned;
} segment_training_scratch;

/// Odd numbers that nobody else knows, for hashes that cannot be aimed at.
typedef struct {
  uint64_t words[8];
} segment_training_key;

/// What is known of one passage; `hash` 0 where the place is free. Two bytes hold sessions, one byte known visitors
/// and one all visitors, each stopping at its highest value.
typedef struct {
  uint64_t hash;
  /// The last session it was seen in, from 1; during selection, where it is kept.
  uint32_t last;
  uint16_t sessions;
  uint8_t known;
  uint8_t visitors;
} segment_training_entry;

/// What makes a passage public: this many sessions, and this many visitors, and either this many known
/// visitors or as many of both kinds as `any` says.
typedef struct {
  uint32_t sessions, visitors, known, any;
} segment_training_rule;

/// Finds the portion that starts at `text`, of which `count` (above 0) bytes follow: text between places that depend
/// on what is written around them only, so that equal text is cut alike wherever it stands.
void segment_training_portion(const uint8_t *text, size_t count, segment_training_scratch *scratch);

/// A hash of any text.
uint64_t segment_training_hash(const uint8_t *text, size_t count, const segment_training_key *key);

/// Finds the passages of the portion found last, and their hashes (never 0). `text` and `count` as before.
void segment_training_passages(const uint8_t *text, size_t count, const segment_training_key *key,
                               segment_training_scratch *scratch);

/// A table of `count` free places, which must be freed by `segment_training_free`; null for want of memory.
segment_training_entry *segment_training_allocate(size_t count);
void segment_training_free(segment_training_entry *entries);

/// Counts the passages of one portion once for a session. `entries` has `mask + 1` places, a power of two and at least
/// four, and room for all of them. `first` is the first session of this session's visitor. Returns the
/// number of passages that took a place, and adds to `below` those that do not meet `rule` yet.
uint32_t segment_training_count(segment_training_entry *entries, uint64_t mask,
                                const segment_training_passage *passages, uint32_t count, uint32_t session,
                                uint32_t first, uint32_t is_known, const segment_training_rule *rule,
                                uint32_t *below);

/// Stores the place of each passage in `places`, UINT32_MAX where it has none.
void segment_training_find(const segment_training_entry *entries, uint64_t mask,
                           const segment_training_passage *passages, uint32_t count, uint32_t *places);

/// True for an entry that meets the rule.
static inline int segment_training_is_public(const segment_training_entry *entry, const segment_training_rule *rule) {
  return entry->sessions >= rule->sessions && entry->visitors >= rule->visitors &&
         (entry->known >= rule->known || entry->visitors >= rule->any);
}

/// Puts an entry into a table that has room and does not hold its hash.
void segment_training_insert(segment_training_entry *entries, uint64_t mask, const segment_training_entry *entry);

#ifdef __cplusplus
}
#endif

#endif
