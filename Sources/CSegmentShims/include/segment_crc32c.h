#ifndef SEGMENT_CRC32C_H
#define SEGMENT_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `count` bytes, continued from `seed`: the CRC of the bytes
/// before these, 0 where there are none. `data` may be null when `count` is 0. Uses the processor's CRC and
/// carry-less multiply instructions where it has both.
uint32_t segment_crc32c(uint32_t seed, const void *data, size_t count);

/// The same by tables alone, eight bytes a step.
uint32_t segment_crc32c_portable(uint32_t seed, const void *data, size_t count);

/// True when `segment_crc32c` uses the processor's instructions.
bool segment_crc32c_is_accelerated(void);

#ifdef __cplusplus
}
#endif

#endif
