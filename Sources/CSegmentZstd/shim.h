#ifndef CSEGMENT_ZSTD_SHIM_H
#define CSEGMENT_ZSTD_SHIM_H
// The static-only part is needed for dictionaries by reference; Debian's library exports all of it.
#define ZSTD_STATIC_LINKING_ONLY
#define ZDICT_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zdict.h>
#include <zstd_errors.h>
#endif
