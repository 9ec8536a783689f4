#ifndef SEGMENT_THREADS_H
#define SEGMENT_THREADS_H

/// Names the calling thread, for debuggers and `top`; longer names are cut at 15 bytes. Does nothing where the system
/// cannot.
void segment_thread_set_name(const char *name);

/// Lowers the priority of the calling thread by `niceness` (0-19) where the system knows that for threads.
void segment_thread_be_nice(int niceness);

#endif
