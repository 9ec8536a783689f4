#ifndef PEER_SHIMS_H
#define PEER_SHIMS_H

#include <stddef.h>
#include <stdint.h>

/// Moves the date of this process: so many nanoseconds are added to what the system's CLOCK_REALTIME says from now on.
/// Other clocks, and other processes, stay as they are. Does nothing but on Linux.
void peer_date_move(int64_t nanoseconds);

/// The date of this process, nanoseconds since 1970.
int64_t peer_date_now(void);

/// Nanoseconds of the monotonic clock.
uint64_t peer_ticks(void);

/// CRC-32C of three thirds of the bytes, each with a checksum of its own, joined by exclusive or: as fast as the
/// processor's instruction allows, since nothing waits for anything. A limit to measure against, not a checksum to
/// store.
uint32_t peer_crc32c_thirds(const void *bytes, size_t length);

/// Asks the system to drop the pages of an open file from its cache. 0, or an error number.
int peer_drop_pages(int descriptor);

/// Where some bytes are first found in others; NULL where they are not.
const void *peer_find(const void *bytes, size_t length, const void *wanted, size_t wanted_length);

#endif
