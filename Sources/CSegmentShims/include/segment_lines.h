#ifndef SEGMENT_LINES_H
#define SEGMENT_LINES_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Bytes before the first line feed of `bytes`, or `count` where there is none.
static inline size_t segment_line_length(const uint8_t *bytes, size_t count) {
  if (count == 0) return 0;
  const uint8_t *end = (const uint8_t *)memchr(bytes, '\n', count);
  return end ? (size_t)(end - bytes) : count;
}

#endif
