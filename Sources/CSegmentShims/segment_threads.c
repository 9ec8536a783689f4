#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "segment_threads.h"

#include <pthread.h>
#include <string.h>
#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

void segment_thread_set_name(const char *name) {
#ifdef __linux__
  char text[16] = {0};
  strncpy(text, name, sizeof text - 1);
  pthread_setname_np(pthread_self(), text);
#else
  (void)name;
#endif
}

void segment_thread_be_nice(int niceness) {
#ifdef __linux__
  // On Linux a priority belongs to the thread; failing to become nicer is no harm.
  if (setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness) != 0) return;
#else
  (void)niceness;
#endif
}
