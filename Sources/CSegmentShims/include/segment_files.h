#ifndef SEGMENT_FILES_H
#define SEGMENT_FILES_H

#include <stdint.h>

/// The system calls behind files that Swift cannot import: variadic ones, ones hidden behind feature macros,
/// and ones that differ between Linux and Darwin. Each is one call, not repeated on EINTR, and returns -1 with
/// errno set when it fails. The Darwin branches are untested.

/// Makes the content and size of an open file durable: fdatasync, on Darwin F_FULLFSYNC.
int segment_sync_data(int descriptor);

/// Makes all of an open file or directory durable: fsync, on Darwin F_FULLFSYNC.
int segment_sync_all(int descriptor);

/// Frees a range, which then reads as zeros; the size stays. EOPNOTSUPP where holes are not supported.
int segment_punch_hole(int descriptor, int64_t offset, int64_t count);

/// Takes the exclusive lock of the whole file for this open file description; EAGAIN when it is held by another
/// one and `wait` is 0. Needs a descriptor that is open for writing.
int segment_lock_take(int descriptor, int wait);

/// Gives the lock of this open file description back.
int segment_lock_drop(int descriptor);

/// 1 when another open file description holds the lock, 0 when none does. On Linux it takes nothing itself.
int segment_lock_is_held(int descriptor);

/// What is known of a mounted file system.
typedef struct {
  uint64_t free_bytes;
  uint64_t total_bytes;
  /// A static name when it is a network file system, else NULL.
  const char *network_kind;
  /// A static name when it is a file system that never writes over old blocks, else NULL.
  const char *copy_on_write_kind;
} segment_volume_facts;

/// Fills `facts` for the file system that holds `path`.
int segment_volume(const char *path, segment_volume_facts *facts);

#endif
