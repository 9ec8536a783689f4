// Tells the thread sanitizer of the hand-overs that Swift's runtime makes, which is not compiled for it: without them it takes
// for a race what one thread did to an object before it let go of it and another one did after it was the last to hold it,
// and what a task does after another thread resumed it.
//
// Scripts/sanitize preloads it, so that the program's calls come here first and go on to the runtime.
//   - Letting go of a reference publishes what was done, and sees what was published by those who let go before: as the
//     count itself does, which is changed with acquire and release.
//   - Whoever learns that it holds the only reference sees what was published.
//   - Resuming a task publishes; what a task takes or gives back of its own memory afterwards sees that.
// It orders more than there is: what two threads do between letting go of the same object is not compared. What
// they do without the like is, and that is what races are.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

// Only in a program that runs under the sanitizer; elsewhere nothing is done besides.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));
extern void *swift_task_getCurrent(void) __attribute__((weak));

// The object that a reference names; NULL where there is none, as in small strings and literals.
static void *object_of(const void *reference) {
  uintptr_t bits = (uintptr_t)reference;
  if (bits >> 63) return NULL;
  bits &= ~(uintptr_t)0xf000000000000007;
  return bits >> 47 ? NULL : (void *)bits;
}

static void publish(const void *reference) {
  void *object = object_of(reference);
  if (object && __tsan_release) __tsan_release(object);
}

static void see(const void *reference) {
  void *object = object_of(reference);
  if (object && __tsan_acquire) __tsan_acquire(object);
}

static void see_resumer(void) {
  if (swift_task_getCurrent) see(swift_task_getCurrent());
}

// The runtime's own function of this name.
#define RUNTIME(type, name)                                                                                           \
  ({                                                                                                                  \
    static void *known;                                                                                               \
    void *found = __atomic_load_n(&known, __ATOMIC_ACQUIRE);                                                          \
    if (!found) {                                                                                                     \
      found = dlsym(RTLD_NEXT, #name);                                                                                \
      __atomic_store_n(&known, found, __ATOMIC_RELEASE);                                                              \
    }                                                                                                                 \
    (type) found;                                                                                                     \
  })

#define LETS_GO(name)                                                                                                 \
  void name(void *reference) {                                                                                        \
    publish(reference);                                                                                               \
    see(reference);                                                                                                   \
    RUNTIME(void (*)(void *), name)(reference);                                                                       \
  }
#define LETS_GO_OF(name)                                                                                              \
  void name(void *reference, uint32_t count) {                                                                        \
    publish(reference);                                                                                               \
    see(reference);                                                                                                   \
    RUNTIME(void (*)(void *, uint32_t), name)(reference, count);                                                      \
  }
#define IS_ALONE(name)                                                                                                \
  _Bool name(const void *reference) {                                                                                 \
    _Bool is_alone = RUNTIME(_Bool(*)(const void *), name)(reference);                                                \
    if (is_alone) see(reference);                                                                                     \
    return is_alone;                                                                                                  \
  }
#define RESUMES(name)                                                                                                 \
  void name(void *task) {                                                                                             \
    publish(task);                                                                                                    \
    RUNTIME(void (*)(void *), name)(task);                                                                            \
  }

LETS_GO(swift_release)
LETS_GO(swift_bridgeObjectRelease)
LETS_GO_OF(swift_release_n)
LETS_GO_OF(swift_bridgeObjectRelease_n)
IS_ALONE(swift_isUniquelyReferenced_native)
IS_ALONE(swift_isUniquelyReferenced_nonNull_native)
IS_ALONE(swift_isUniquelyReferenced_nonNull_bridgeObject)
RESUMES(swift_continuation_resume)
RESUMES(swift_continuation_throwingResume)

void swift_continuation_throwingResumeWithError(void *task, void *error) {
  publish(task);
  RUNTIME(void (*)(void *, void *), swift_continuation_throwingResumeWithError)(task, error);
}

void *swift_task_alloc(size_t size) {
  see_resumer();
  return RUNTIME(void *(*)(size_t), swift_task_alloc)(size);
}

void swift_task_dealloc(void *memory) {
  see_resumer();
  RUNTIME(void (*)(void *), swift_task_dealloc)(memory);
}
