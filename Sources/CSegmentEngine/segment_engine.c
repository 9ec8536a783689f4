// The functions are implemented in Swift (SegmentEngineC). This file makes the header stand alone: it compiles as C with
// nothing included before it.
#include "segment_engine.h"

_Static_assert(sizeof(segment_cursor) == 16, "a cursor is two 64-bit numbers on every system");
_Static_assert(SEGMENT_UNKNOWN == 255, "the values of codes are stable");
