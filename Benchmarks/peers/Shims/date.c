#define _GNU_SOURCE
#include "peer_shims.h"

#include <stdatomic.h>
#include <time.h>

// Days must pass within seconds, and a store takes its date from the system. So the program has a clock_gettime of
// its own: it asks the system's and adds an offset to CLOCK_REALTIME. The linker prefers it to the library's for all
// that is linked into the program, the engine as it is among it.
#if defined(__linux__)
#include <dlfcn.h>

typedef int (*clock_function)(clockid_t, struct timespec *);

static _Atomic int64_t offset = 0;
static _Atomic(clock_function) system_clock = NULL;

static int ask(clockid_t clock, struct timespec *time) {
  clock_function function = atomic_load_explicit(&system_clock, memory_order_relaxed);
  if (function == NULL) {
    function = (clock_function)dlsym(RTLD_NEXT, "clock_gettime");
    if (function == NULL) return -1;
    atomic_store_explicit(&system_clock, function, memory_order_relaxed);
  }
  return function(clock, time);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = ask(clock, time);
  if (result != 0 || clock != CLOCK_REALTIME) return result;
  int64_t moved = atomic_load_explicit(&offset, memory_order_relaxed);
  if (moved == 0) return 0;
  int64_t now = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + moved;
  time->tv_sec = now / 1000000000;
  time->tv_nsec = now % 1000000000;
  return 0;
}

void peer_date_move(int64_t nanoseconds) { atomic_fetch_add(&offset, nanoseconds); }
#else
void peer_date_move(int64_t nanoseconds) { (void)nanoseconds; }
#endif

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec time = {0, 0};
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int64_t peer_date_now(void) { return (int64_t)nanoseconds(CLOCK_REALTIME); }

uint64_t peer_ticks(void) { return nanoseconds(CLOCK_MONOTONIC); }
