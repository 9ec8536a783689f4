#define _GNU_SOURCE
#include "peer_shims.h"

#include <fcntl.h>
#include <string.h>

int peer_drop_pages(int descriptor) {
#if defined(__linux__)
  return posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
#else
  (void)descriptor;
  return 0;
#endif
}

const void *peer_find(const void *bytes, size_t length, const void *wanted, size_t wanted_length) {
  return memmem(bytes, length, wanted, wanted_length);
}
