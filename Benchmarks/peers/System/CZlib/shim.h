#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H
#include <zlib.h>

/// inflateInit2 is a macro, which cannot be imported.
static inline int peer_inflate_init(z_stream *stream, int window_bits) { return inflateInit2(stream, window_bits); }

/// deflateInit2, a macro too.
static inline int peer_deflate_init(z_stream *stream, int level, int window_bits) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}
#endif
