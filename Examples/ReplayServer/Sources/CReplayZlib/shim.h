#ifndef REPLAY_SERVER_ZLIB_SHIM_H
#define REPLAY_SERVER_ZLIB_SHIM_H
#include <zlib.h>
#endif
