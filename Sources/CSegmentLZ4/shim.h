#ifndef CSEGMENT_LZ4_SHIM_H
#define CSEGMENT_LZ4_SHIM_H
#include <lz4.h>
#endif
