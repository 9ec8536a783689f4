#ifndef CSEGMENT_ZLIB_SHIM_H
#define CSEGMENT_ZLIB_SHIM_H
#include <zlib.h>
#endif
