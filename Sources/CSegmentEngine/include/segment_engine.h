#ifndef SEGMENT_ENGINE_H
#define SEGMENT_ENGINE_H

/// SegmentEngine from C: an embedded store for recordings of browser sessions (rrweb).
///
///   segment_store *store = NULL;
///   segment_error *error = NULL;
///   if (segment_store_open("/var/lib/replay", SEGMENT_READ_WRITE, NULL, &store, &error) != SEGMENT_OK) {
///     fprintf(stderr, "%s\n", segment_error_message(error));
///     segment_error_free(error);
///     return 1;
///   }
///   segment_batch batch = {.struct_size = sizeof batch, .project = "shop", .session = "s-1842",
///                          .events = body, .length = body_length, .batch_id = "s-1842-7"};
///   segment_code code = segment_store_append(store, &batch, NULL, NULL);   // on the disk where it is SEGMENT_OK
///   segment_store_free(store);
///
/// Calls. Every call that can fail returns a `segment_code`, SEGMENT_OK (0) where it succeeded. Its last parameter may
/// be NULL; else `*error` is set: to NULL on success, to an error that the caller frees with `segment_error_free`
/// otherwise. Parameters that receive a handle (`segment_events **` and the like) are set to NULL where the call fails.
/// A pointer that is NULL where none is allowed, text that is not UTF-8 or too long, and numbers out of range are
/// refused with SEGMENT_INVALID_ARGUMENT; nothing the caller passes by mistake in these ways ends the process. Calls
/// block until they are done. Beside the codes a call names, all may return SEGMENT_INVALID_ARGUMENT, SEGMENT_CLOSED,
/// SEGMENT_IO_FAILED and SEGMENT_DAMAGED.
///
/// Text. `const char *` is UTF-8 that ends with a NUL. Names (project, session, window, batch ID, visitor, tags) hold
/// no control characters. Text that is passed in is copied before the call returns.
///
/// Structs that the caller fills in or has filled in begin with `struct_size`: set it to `sizeof` of the struct, and
/// all fields that are not needed to zero (an initializer does that), which stands for the default. Later versions add
/// fields at the end only, and a program that was compiled before goes on to work. Structs that the library hands out
/// by `const` pointer grow in the same way.
///
/// Threads. All functions may be called from any thread, also on the same store at the same time. A `segment_events` or
/// `segment_sessions` belongs to one thread at a time; a second one that uses it meanwhile gets
/// SEGMENT_INVALID_ARGUMENT. A handle must not be used while or after it is freed. A process that forks uses its
/// handles in the parent only.
///
/// Time is in milliseconds since 1970-01-01T00:00:00Z, as a double, as rrweb gives it. Sizes are in bytes.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Errors

/// What became of a call. Values never change; new ones may be added, and are to be treated like SEGMENT_UNKNOWN.
typedef enum segment_code {
  SEGMENT_OK = 0,
  /// An argument breaks a limit or a rule.
  SEGMENT_INVALID_ARGUMENT = 1,
  /// The batch holds something that is not a valid event; nothing of it was stored.
  SEGMENT_INVALID_EVENTS = 2,
  /// The batch holds no event.
  SEGMENT_EMPTY_BATCH = 3,
  /// An event is larger than `event_bytes` allows.
  SEGMENT_EVENT_TOO_LARGE = 4,
  /// The batch is larger than `batch_bytes` allows.
  SEGMENT_BATCH_TOO_LARGE = 5,
  /// The batch ID was used before with other bytes.
  SEGMENT_BATCH_CONFLICT = 6,
  /// A policy document breaks a rule.
  SEGMENT_INVALID_POLICY = 7,
  /// There is no such session, file or store.
  SEGMENT_NOT_FOUND = 8,
  /// The path exists and is not a store.
  SEGMENT_NOT_A_STORE = 9,
  /// The store was written by a newer version.
  SEGMENT_NEWER_FORMAT = 10,
  /// Another process, or another handle of this one, writes to the store or maintains it.
  SEGMENT_LOCKED = 11,
  /// The path lies on a network file system.
  SEGMENT_NETWORK_FILE_SYSTEM = 12,
  /// The operating system denies access.
  SEGMENT_ACCESS_DENIED = 13,
  /// The store was not opened for this.
  SEGMENT_WRONG_MODE = 14,
  /// The disk is full: nothing of the call was stored.
  SEGMENT_DISK_FULL = 15,
  /// Too much waits to be written, or a writing process does not answer.
  SEGMENT_OVERLOADED = 16,
  /// Reading or writing failed. After a failed write the store must be opened anew.
  SEGMENT_IO_FAILED = 17,
  /// Bytes in the store are not what they were when written.
  SEGMENT_DAMAGED = 18,
  /// A commit did not hold against what another process committed first.
  SEGMENT_CONFLICT = 19,
  /// The sampling policy left the session out: nothing more is taken of it.
  SEGMENT_SESSION_DROPPED = 20,
  /// The session's retention ended: nothing more is taken of it.
  SEGMENT_SESSION_EXPIRED = 21,
  /// The session was erased: nothing more is taken of it, and nothing is left to read.
  SEGMENT_SESSION_ERASED = 22,
  /// The store has reached its budget: nothing of the call was stored.
  SEGMENT_BUDGET_EXCEEDED = 23,
  /// The clock stands far past everything in the store: nothing is let go by it.
  SEGMENT_CLOCK_AHEAD = 24,
  /// The store is a snapshot: it may only be read.
  SEGMENT_IS_SNAPSHOT = 25,
  /// The store is closed.
  SEGMENT_CLOSED = 26,
  /// The call was cancelled.
  SEGMENT_CANCELLED = 27,
  /// A block's pack is no longer in the store.
  SEGMENT_BLOCK_GONE = 28,
  /// A failure that this version of the header has no name for; see the message.
  SEGMENT_UNKNOWN = 255
} segment_code;

/// Why a call failed. Owned by the caller. May be read from several threads.
typedef struct segment_error segment_error;

/// The code; SEGMENT_OK for NULL.
segment_code segment_error_code(const segment_error *error);
/// What failed, where, and what to do, for people. Lives as long as the error; "" for NULL. Never NULL.
const char *segment_error_message(const segment_error *error);
/// 1 where the same call may succeed later without anything else being changed, else 0; 0 for NULL.
int segment_error_is_retryable(const segment_error *error);
/// The operating system's error number; 0 where there was none.
int segment_error_errno(const segment_error *error);
/// Which event of the batch is at fault, from 0; -1 where none is.
int64_t segment_error_event(const segment_error *error);
/// Where in the batch, or in the file that the message names, in bytes from its start; -1 where unknown.
int64_t segment_error_offset(const segment_error *error);
/// Frees an error. NULL is allowed.
void segment_error_free(segment_error *error);

/// The code's name, such as "batchConflict"; "ok" for SEGMENT_OK, "unknown" for values that have none. Static.
const char *segment_code_name(segment_code code);
/// The version of the library, such as "0.1.0". Static.
const char *segment_engine_version(void);

// MARK: Opening and closing

/// A store that is open.
typedef struct segment_store segment_store;

/// What a store is opened for.
typedef enum segment_mode {
  /// Everything, by the one process that ingests. A store that does not exist is created; the folder above it must
  /// exist.
  SEGMENT_READ_WRITE = 0,
  /// Reading beside whoever writes; takes no lock, changes nothing.
  SEGMENT_READ_ONLY = 1,
  /// Reading, and beside whoever writes: tags, finish, flush, maintenance, erasure.
  SEGMENT_MAINTENANCE = 2
} segment_mode;

/// Flags of `segment_open_options`.
enum {
  /// Only `segment_store_flush` and `segment_store_maintain` do maintenance, the store does none by itself.
  SEGMENT_NO_MAINTENANCE = 1,
  /// Maintenance trains no dictionaries by itself.
  SEGMENT_NO_TRAINING = 2
};

/// How a store is run. Zero stands for the default of each.
typedef struct segment_open_options {
  /// sizeof(segment_open_options).
  size_t struct_size;
  /// SEGMENT_NO_...
  uint32_t flags;
  /// Threads that read from the disk for callers, 1 to 64. Default 2.
  uint32_t reader_threads;
  /// A journal is sealed and flushed when it has this many bytes, 64 KiB to 1 GiB. Default 64 MiB.
  uint64_t journal_bytes;
  /// ... or when it is this old, in seconds, up to 86,400. Default 60.
  double journal_seconds;
  /// How long SEGMENT_BUFFERED events may stay unsynced, in milliseconds, up to 60,000. Default 100.
  double buffered_sync_ms;
  /// How long everything is kept before the policy decides on it, in hours, up to 876,000. Default 24. Where it is to
  /// decide at once, give a small fraction of an hour.
  double recent_hours;
  /// Largest event, at most and by default 64 MiB.
  uint64_t event_bytes;
  /// Largest batch, at most and by default 128 MiB.
  uint64_t batch_bytes;
  /// Bytes of batches that may be under way at once, 1 MiB to 64 GiB; further appends wait. Default 256 MiB.
  uint64_t bytes_in_flight;
  /// Bytes a second that maintenance reads, at most. Default: as many as it can.
  uint64_t maintenance_bytes_per_second;
} segment_open_options;

/// Opens the store at `path`, a folder. `options` may be NULL. SEGMENT_LOCKED where it is being written to (the message
/// names the holder), SEGMENT_NOT_FOUND, SEGMENT_NOT_A_STORE, SEGMENT_NEWER_FORMAT, SEGMENT_NETWORK_FILE_SYSTEM,
/// SEGMENT_ACCESS_DENIED, SEGMENT_IS_SNAPSHOT.
segment_code segment_store_open(
    const char *path, segment_mode mode, const segment_open_options *options, segment_store **store,
    segment_error **error);

/// Commits what is under way and gives the locks back. Other threads may be in calls: appends that were queued are
/// committed, other calls end with SEGMENT_CLOSED, as does every later call on the store and its iterators. Closing
/// again does nothing. Nothing that was acknowledged is lost where a process ends without it.
segment_code segment_store_close(segment_store *store, segment_error **error);

/// Closes the store where it is open, and frees it. No other thread may be in a call on it, or make one afterwards.
/// Iterators may be freed later. NULL is allowed.
void segment_store_free(segment_store *store);

// MARK: Ingest

/// A place in a session: an event that was seen. Cursors come from the library; `epoch` sets events apart that were
/// given the same sequence because some had been lost with a machine.
typedef struct segment_cursor {
  uint64_t epoch;
  /// The ordinal of the event in its session, in order of arrival, from 0.
  uint64_t sequence;
} segment_cursor;

/// Bytes that the text of any cursor fits in, NUL included.
#define SEGMENT_CURSOR_TEXT 48

/// Writes a cursor as text, "epoch-sequence", fit for `Last-Event-ID`. `capacity`: bytes that `text` has room for;
/// SEGMENT_CURSOR_TEXT is enough.
segment_code segment_cursor_format(segment_cursor cursor, char *text, size_t capacity, segment_error **error);
/// Reads what `segment_cursor_format` writes.
segment_code segment_cursor_parse(const char *text, segment_cursor *cursor, segment_error **error);

/// When an append returns.
typedef enum segment_durability {
  /// When it is on the disk.
  SEGMENT_SYNCED = 0,
  /// When the operating system has it; it is synced soon after. A crash of the machine may lose the last of it.
  SEGMENT_BUFFERED = 1
} segment_durability;

/// Flags of `segment_batch`.
enum {
  /// Valid events are stored and invalid ones left out and counted; else an invalid event refuses the batch.
  SEGMENT_SKIP_INVALID = 1,
  /// Recordings of the past: timestamps are not held against the clock.
  SEGMENT_IMPORTED = 2
};

/// Events of one session, in order.
typedef struct segment_batch {
  /// sizeof(segment_batch).
  size_t struct_size;
  /// The app or site, 1-128 bytes. Required.
  const char *project;
  /// The session's ID in its project, 1-256 bytes. Required.
  const char *session;
  /// NDJSON or a JSON array of rrweb events; each is kept byte for byte. Copied before the call returns.
  const void *events;
  /// Bytes of `events`.
  size_t length;
  /// The tab or window, at most 128 bytes; may be NULL.
  const char *window;
  /// The client's own name of the batch, at most 128 bytes; may be NULL. The same batch sent again with the same ID is
  /// not stored again: the first receipt is returned.
  const char *batch_id;
  /// Who is recorded, at most 256 bytes; may be NULL. The first that is given counts.
  const char *visitor;
  segment_durability durability;
  /// SEGMENT_SKIP_INVALID, SEGMENT_IMPORTED.
  uint32_t flags;
} segment_batch;

/// What was stored.
typedef struct segment_append_receipt {
  /// sizeof(segment_append_receipt), set by the caller.
  size_t struct_size;
  /// Cursor of the first event of the batch; of the next event to come where none was stored.
  segment_cursor first;
  /// How many events were stored.
  uint64_t events;
  /// When they were received.
  double received_ms;
  /// How many were left out (SEGMENT_SKIP_INVALID).
  uint64_t rejected;
  /// 1 where the batch ID had been accepted before: nothing was stored now, and this is the first receipt.
  uint32_t is_duplicate;
} segment_append_receipt;

/// Stores a batch. `receipt` may be NULL. SEGMENT_EMPTY_BATCH, SEGMENT_BATCH_TOO_LARGE, SEGMENT_EVENT_TOO_LARGE,
/// SEGMENT_INVALID_EVENTS (`segment_error_event` and `segment_error_offset` say where), SEGMENT_BATCH_CONFLICT,
/// SEGMENT_SESSION_..., SEGMENT_DISK_FULL, SEGMENT_BUDGET_EXCEEDED, SEGMENT_WRONG_MODE. Threads that append at the same
/// time share one sync of the disk.
segment_code segment_store_append(
    segment_store *store, const segment_batch *batch, segment_append_receipt *receipt, segment_error **error);

/// Says that a session is over. Batches that come later are still taken. SEGMENT_NOT_FOUND, SEGMENT_SESSION_...,
/// SEGMENT_WRONG_MODE.
segment_code segment_store_finish(
    segment_store *store, const char *project, const char *session, segment_error **error);

/// A tag of a session.
typedef struct segment_tag {
  /// 1-64 bytes.
  const char *key;
  /// At most 1,024 bytes. NULL removes the tag, or in a query asks for the key alone.
  const char *value;
} segment_tag;

/// Sets tags of a session, all in one step; at most 64, each key once. Fails like `segment_store_finish`.
segment_code segment_store_set_tags(
    segment_store *store, const char *project, const char *session, const segment_tag *tags, size_t count,
    segment_error **error);

// MARK: Reading events

/// Events as they are read, chunk by chunk. Nothing is read before the first chunk is asked for.
typedef struct segment_events segment_events;

/// Why events do not follow on seamlessly.
typedef enum segment_gap {
  SEGMENT_GAP_NONE = 0,
  /// Events are missing that were stored once: damage, or SEGMENT_BUFFERED events lost with a machine.
  SEGMENT_GAP_LOST = 1,
  /// There is no keyframe at or before the time asked for: playback starts at the next one.
  SEGMENT_GAP_STARTS_LATER = 2,
  /// There is no keyframe at all: the events cannot be played, and are given from the first on.
  SEGMENT_GAP_NO_KEYFRAME = 3
} segment_gap;

/// A run of events. Lives until the next call on its `segment_events`.
typedef struct segment_chunk {
  /// The events byte for byte as they came, each followed by a line feed. Never NULL.
  const uint8_t *ndjson;
  /// Bytes of `ndjson`; 0 where the chunk only says that the session is finished.
  size_t length;
  /// Number of events.
  uint64_t events;
  /// Cursor of the last event, where `events` is not 0.
  segment_cursor last;
  /// What is missing before this chunk.
  segment_gap gap;
  /// 1 in the last chunk of a poll where the session was finished before it and all of it was given, else 0.
  uint32_t is_finished;
  /// What is missing, for people; NULL where nothing is.
  const char *gap_message;
  /// The sequences that are missing, `gap_end` not included; both 0 where unknown.
  uint64_t gap_first, gap_end;
  /// When it was finished, where `is_finished` is set.
  double finished_ms;
} segment_chunk;

/// The order of events.
typedef enum segment_order {
  /// As they came, byte for byte.
  SEGMENT_ARRIVAL = 0,
  /// By timestamp, then by arrival.
  SEGMENT_TIME = 1
} segment_order;

/// Which events to read.
typedef struct segment_range {
  /// sizeof(segment_range).
  size_t struct_size;
  /// Only events from this time on; 0: from the first.
  double from_ms;
  /// Only events before this time; 0: to the last. With either, events without a plausible timestamp are left out.
  double to_ms;
  /// Only events of this window; NULL: of all.
  const char *window;
  segment_order order;
} segment_range;

/// Reads a session's events, or those of a range of time. `range` may be NULL: all, as they came. Whether there is such
/// a session is told by the first `segment_events_next`.
segment_code segment_store_events(
    segment_store *store, const char *project, const char *session, const segment_range *range, segment_events **events,
    segment_error **error);

/// Where playback starts.
typedef enum segment_playback_from {
  /// At the beginning; `ms` is not looked at.
  SEGMENT_FROM_START = 0,
  /// At an absolute time.
  SEGMENT_FROM_TIME = 1,
  /// Milliseconds after the session's start.
  SEGMENT_FROM_OFFSET = 2
} segment_playback_from;

/// Reads a session's events for a player: for each window from its last keyframe at or before the time on, in order of
/// time, to the end of what is stored. `window`: of this one only; NULL: of all.
segment_code segment_store_playback(
    segment_store *store, const char *project, const char *session, segment_playback_from from, double ms,
    const char *window, segment_events **events, segment_error **error);

/// Reads the events that came after a cursor, each once and in order of arrival, whether they lie in journals or packs:
/// to follow a session that is still being recorded, poll with the `last` of the chunk before. `after` NULL: from the
/// first event, or with `from_keyframe` not 0 from the last keyframe on. Ends with what is there now, at once where
/// there is nothing new; the last chunk of a session that is finished says so.
segment_code segment_store_poll(
    segment_store *store, const char *project, const char *session, const segment_cursor *after, int from_keyframe,
    segment_events **events, segment_error **error);

/// The next chunk: `*chunk` is NULL at the end. SEGMENT_NOT_FOUND where there is no such session, SEGMENT_SESSION_...
/// where it was let go; SEGMENT_INVALID_ARGUMENT where a cursor points behind the last event. Damage in the store is
/// told by `gap`.
segment_code segment_events_next(segment_events *events, const segment_chunk **chunk, segment_error **error);

/// Frees the events and their chunk. NULL is allowed.
void segment_events_free(segment_events *events);

// MARK: Sessions

/// Sessions as they are listed.
typedef struct segment_sessions segment_sessions;

/// Flags of `segment_session_query`.
enum {
  /// Only sessions with errors.
  SEGMENT_HAS_ERRORS = 1,
  /// Only sessions that are pinned.
  SEGMENT_IS_PINNED = 2
};

/// Which sessions to list. All conditions that are given must hold.
typedef struct segment_session_query {
  /// sizeof(segment_session_query).
  size_t struct_size;
  /// Only sessions of this project; NULL: of all.
  const char *project;
  /// Only sessions that end at or after this time; 0: no bound.
  double from_ms;
  /// Only sessions that start before this time; 0: no bound.
  double to_ms;
  /// Only sessions with all these tags.
  const segment_tag *tags;
  size_t tag_count;
  /// Only sessions with a page whose address matches this glob (`*` any run, `?` one character), at most 2,048 bytes.
  const char *url;
  /// SEGMENT_HAS_ERRORS, SEGMENT_IS_PINNED.
  uint32_t flags;
  /// How many at most, up to 10,000; 0: all, read a page at a time.
  uint32_t limit;
  /// Go on where an earlier listing stopped (`segment_sessions_position`); NULL: from the newest.
  const char *after;
} segment_session_query;

/// The facts of a session. Lives, with all it points to, until the next call on its `segment_sessions`. Times that are
/// unknown or do not apply are NaN.
typedef struct segment_session {
  const char *project;
  const char *session;
  /// "" where unknown.
  const char *visitor;
  /// First and last plausible timestamp.
  double start_ms, end_ms;
  double first_received_ms, last_received_ms;
  /// When it was finished; NaN where it was not.
  double finished_ms;
  /// When it may go; NaN while nothing is decided, where it stays for good, and while it is pinned.
  double expires_ms;
  /// How long the visitor was active.
  uint64_t active_ms;
  uint64_t events;
  uint64_t page_views, clicks, inputs, errors;
  /// Bytes of NDJSON as they came, and what they take in the store.
  uint64_t raw_bytes, stored_bytes;
  /// The sequence that the next event gets.
  uint64_t next_sequence;
  /// It was kept at this rate, and stands for 1/rate sessions; 1 while nothing is decided.
  double keep_rate;
  /// The rule that kept it; NULL while nothing is decided.
  const char *rule;
  /// 1 where some of it is still in the journal.
  uint32_t is_live;
  uint32_t is_pinned;
  /// The windows or tabs, in order of first event.
  const char *const *windows;
  size_t window_count;
  /// Addresses of the pages visited, in order: the first 64 different ones of each segment.
  const char *const *pages;
  size_t page_count;
  /// Tags in order of key.
  const segment_tag *tags;
  size_t tag_count;
} segment_session;

/// Lists sessions, newest first. `query` may be NULL: all.
segment_code segment_store_sessions(
    segment_store *store, const segment_session_query *query, segment_sessions **sessions, segment_error **error);

/// The facts of one session, as a listing of one. SEGMENT_NOT_FOUND.
segment_code segment_store_session(
    segment_store *store, const char *project, const char *session, segment_sessions **sessions, segment_error **error);

/// The next session: `*session` is NULL at the end.
segment_code segment_sessions_next(
    segment_sessions *sessions, const segment_session **session, segment_error **error);

/// Where a listing with a limit stopped, to give to `after`; NULL where there are no more sessions. Lives as long as
/// the listing.
const char *segment_sessions_position(const segment_sessions *sessions);

/// Frees the listing and its session. NULL is allowed.
void segment_sessions_free(segment_sessions *sessions);

// MARK: Maintenance

/// Moves everything that is in journals into packs. In mode SEGMENT_MAINTENANCE it is a request that the writing
/// process answers. SEGMENT_WRONG_MODE, SEGMENT_OVERLOADED, SEGMENT_DISK_FULL.
segment_code segment_store_flush(segment_store *store, segment_error **error);

/// What maintenance is to do; 0 stands for all.
enum {
  SEGMENT_JOB_EXPIRY = 1,
  SEGMENT_JOB_ERASURE = 2,
  SEGMENT_JOB_BUDGET = 4,
  SEGMENT_JOB_FLUSH = 8,
  SEGMENT_JOB_DICTIONARIES = 16,
  SEGMENT_JOB_PROMOTION = 32,
  SEGMENT_JOB_MERGE = 64
};

/// What maintenance did.
typedef struct segment_maintenance_report {
  /// sizeof(segment_maintenance_report), set by the caller.
  size_t struct_size;
  /// Sessions, or parts of them, that went because their day had come or for a budget, and the bytes given back.
  uint64_t sessions_gone, bytes_freed;
  /// Sessions that the policy left out.
  uint64_t sessions_dropped;
  /// Packs that were read, and packs that were written in their place.
  uint64_t packs_read, packs_written;
  /// Interrupted erasures that were ended.
  uint64_t erasures_ended;
  /// Dictionaries that were trained and put in force, and those that nothing used any longer.
  uint64_t dictionaries_adopted, dictionaries_removed;
} segment_maintenance_report;

/// Does the maintenance that is due. A store that is open for writing does it by itself, unless SEGMENT_NO_MAINTENANCE
/// is set. May take minutes; `segment_store_close` from another thread ends it early. `report` may be NULL.
/// SEGMENT_LOCKED where another process maintains the store, SEGMENT_CLOCK_AHEAD where expiry alone was asked for,
/// SEGMENT_CANCELLED, SEGMENT_DISK_FULL, SEGMENT_WRONG_MODE.
segment_code segment_store_maintain(
    segment_store *store, uint32_t jobs, segment_maintenance_report *report, segment_error **error);

// MARK: Erasure

/// What was erased, for those who must prove it. Names stand in it as keyed hashes. Owned by the caller.
typedef struct segment_erasure {
  /// Names the receipt; 32 hexadecimal digits.
  const char *id;
  /// "session", "visitor", "tag" or "project".
  const char *kind;
  /// Keyed hash of the name, 32 hexadecimal digits: the same name gives the same in this store and no other.
  const char *name_hash;
  /// When it was asked for.
  double time_ms;
  uint64_t sessions;
  /// Segments of packs and batches of journals that were overwritten.
  uint64_t segments, records;
  /// Packs and journals that were written to, journals alone, and bytes overwritten in packs.
  uint64_t packs, journals, bytes;
  /// 0 where it was interrupted: the rest has to be asked for again.
  uint32_t is_complete;
  /// What was not reached, or cannot be.
  const char *const *limits;
  size_t limit_count;
} segment_erasure;

/// Erases a session, at once and physically: when the call returns, its bytes are overwritten with zeros, and batches
/// that still come for it are refused with SEGMENT_SESSION_ERASED. `receipt` may be NULL; else it is freed with
/// `segment_erasure_free`. SEGMENT_NOT_FOUND where there is nothing to erase, SEGMENT_OVERLOADED where a writing
/// process does not answer, SEGMENT_WRONG_MODE.
segment_code segment_store_erase_session(
    segment_store *store, const char *project, const char *session, const segment_erasure **receipt,
    segment_error **error);
/// Erases all sessions of a visitor, in one project or, where `project` is NULL, in all.
segment_code segment_store_erase_visitor(
    segment_store *store, const char *visitor, const char *project, const segment_erasure **receipt,
    segment_error **error);
/// Erases all sessions that have a tag with this value now, in one project or, where `project` is NULL, in all.
segment_code segment_store_erase_tag(
    segment_store *store, const char *key, const char *value, const char *project, const segment_erasure **receipt,
    segment_error **error);
/// Erases all sessions of a project.
segment_code segment_store_erase_project(
    segment_store *store, const char *project, const segment_erasure **receipt, segment_error **error);
/// Frees a receipt. NULL is allowed.
void segment_erasure_free(const segment_erasure *receipt);

#ifdef __cplusplus
}
#endif

#endif
