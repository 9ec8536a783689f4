// SegmentEngine from C: appends from several threads, follows a recording while it grows, plays back from a moment,
// lists, erases. Every step is checked; the program ends with 1 where one does not hold.
//
//   Scripts/build-c build/c
//   make -C Examples/c PREFIX="$PWD/build/c"
//   Examples/c/replay /tmp/example-store        # a folder that does not exist yet
#include <inttypes.h>
#include <pthread.h>
#include <segment_engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, BATCHES = 25, EVENTS = 10 };
static const char *const PROJECT = "shop";
static const double START = 1795456700000.0;

// Says what failed and ends the program.
static void check(segment_code code, segment_error *error, const char *what) {
  if (code == SEGMENT_OK) return;
  fprintf(stderr, "%s failed (%s): %s\n", what, segment_code_name(code), segment_error_message(error));
  segment_error_free(error);
  exit(1);
}

static void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "this does not hold: %s\n", what);
  exit(1);
}

// MARK: Appending

struct recorder {
  segment_store *store;
  char session[32];
};

// What a browser would send: every batch begins with a keyframe (a Meta event and a FullSnapshot).
static size_t write_batch(char *text, size_t capacity, int batch) {
  size_t length = 0;
  for (int event = 0; event < EVENTS; event++) {
    const double time = START + batch * 1000 + event * 50;
    const char *const data = event == 0   ? "{\"href\":\"https://shop.example/\",\"width\":800,\"height\":600}"
                             : event == 1 ? "{\"node\":{\"type\":0,\"childNodes\":[],\"id\":1}}"
                                          : "{\"source\":1,\"positions\":[]}";
    const int type = event == 0 ? 4 : event == 1 ? 2 : 3;
    const int written = snprintf(
        text + length, capacity - length, "{\"type\":%d,\"data\":%s,\"timestamp\":%.0f}\n", type, data, time);
    require(written > 0 && (size_t)written < capacity - length, "a batch fits in its buffer");
    length += (size_t)written;
  }
  return length;
}

static void *record(void *argument) {
  const struct recorder *const recorder = argument;
  for (int number = 0; number < BATCHES; number++) {
    char text[4096], name[64];
    const size_t length = write_batch(text, sizeof text, number);
    snprintf(name, sizeof name, "%s-%d", recorder->session, number);
    segment_batch batch = {
        .struct_size = sizeof batch,
        .project = PROJECT,
        .session = recorder->session,
        .events = text,
        .length = length,
        .window = "tab-1",
        .batch_id = name,
        .visitor = "v-1"};
    segment_append_receipt receipt = {.struct_size = sizeof receipt};
    segment_error *error = NULL;
    check(segment_store_append(recorder->store, &batch, &receipt, &error), error, "append");
    require(receipt.events == EVENTS && !receipt.is_duplicate, "a new batch is stored whole");
    // A client that did not see the answer sends the batch again.
    if (number % 10 == 0) {
      check(segment_store_append(recorder->store, &batch, &receipt, &error), error, "append again");
      require(receipt.is_duplicate == 1, "a batch that is sent again is recognised");
    }
  }
  segment_error *error = NULL;
  check(segment_store_finish(recorder->store, PROJECT, recorder->session, &error), error, "finish");
  return NULL;
}

// MARK: Reading

// Follows a recording by polling until it is finished. Returns how many events came.
static uint64_t follow(segment_store *store, const char *session) {
  segment_cursor cursor = {0, 0};
  uint64_t seen = 0;
  for (;;) {
    segment_events *events = NULL;
    segment_error *error = NULL;
    check(segment_store_poll(store, PROJECT, session, seen ? &cursor : NULL, 0, &events, &error), error, "poll");
    int is_finished = 0;
    for (;;) {
      const segment_chunk *chunk = NULL;
      const segment_code code = segment_events_next(events, &chunk, &error);
      if (code == SEGMENT_NOT_FOUND) {  // It has not begun.
        segment_error_free(error);
        break;
      }
      check(code, error, "reading the poll");
      if (!chunk) break;
      if (chunk->events) {
        require(chunk->gap == SEGMENT_GAP_NONE, "nothing is missing");
        require(chunk->last.sequence + 1 == seen + chunk->events, "each event comes once, in order");
        cursor = chunk->last;
        seen += chunk->events;
      }
      is_finished |= chunk->is_finished == 1;
    }
    segment_events_free(events);
    if (is_finished) return seen;
    // In between a packing must not be noticed. A real client would wait a moment here.
    check(segment_store_flush(store, &error), error, "flush");
  }
}

static void play(segment_store *store, const char *session, double offset) {
  segment_events *events = NULL;
  segment_error *error = NULL;
  check(
      segment_store_playback(store, PROJECT, session, SEGMENT_FROM_OFFSET, offset, NULL, &events, &error), error,
      "playback");
  const segment_chunk *chunk = NULL;
  uint64_t count = 0;
  size_t bytes = 0;
  while (check(segment_events_next(events, &chunk, &error), error, "reading playback"), chunk) {
    if (count == 0) {
      require(chunk->length > 10 && memcmp(chunk->ndjson, "{\"type\":4,", 10) == 0, "playback starts at a keyframe");
      printf("plays from %.*s\n", (int)strcspn((const char *)chunk->ndjson, "\n"), (const char *)chunk->ndjson);
    }
    count += chunk->events;
    bytes += chunk->length;
  }
  segment_events_free(events);
  printf("plays %" PRIu64 " events, %zu bytes, from +%.0f ms on\n", count, bytes, offset);
  require(count == (BATCHES - (uint64_t)offset / 1000) * EVENTS, "playback begins at the keyframe before");
}

static int list(segment_store *store) {
  segment_sessions *sessions = NULL;
  segment_error *error = NULL;
  segment_session_query query = {.struct_size = sizeof query, .project = PROJECT};
  check(segment_store_sessions(store, &query, &sessions, &error), error, "sessions");
  const segment_session *session = NULL;
  int count = 0;
  while (check(segment_sessions_next(sessions, &session, &error), error, "reading sessions"), session) {
    printf(
        "%s/%s: %" PRIu64 " events, %" PRIu64 " bytes as %" PRIu64 ", %.1f s\n", session->project, session->session,
        session->events, session->raw_bytes, session->stored_bytes, (session->end_ms - session->start_ms) / 1000);
    count++;
  }
  segment_sessions_free(sessions);
  return count;
}

static void erase(segment_store *store, const char *session) {
  const segment_erasure *receipt = NULL;
  segment_error *error = NULL;
  check(segment_store_erase_session(store, PROJECT, session, &receipt, &error), error, "erase");
  printf("erased %" PRIu64 " session, receipt %s\n", receipt->sessions, receipt->id);
  require(receipt->sessions == 1 && receipt->is_complete == 1, "the session is erased");
  segment_erasure_free(receipt);

  const char event[] = "{\"type\":3,\"data\":{},\"timestamp\":1795456700000}";
  segment_batch late = {
      .struct_size = sizeof late, .project = PROJECT, .session = session, .events = event, .length = sizeof event - 1};
  require(
      segment_store_append(store, &late, NULL, NULL) == SEGMENT_SESSION_ERASED,
      "what comes late for an erased session is refused");
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
    return 64;
  }
  printf("SegmentEngine %s\n", segment_engine_version());
  segment_store *store = NULL;
  segment_error *error = NULL;
  check(segment_store_open(arguments[1], SEGMENT_READ_WRITE, NULL, &store, &error), error, "open");

  struct recorder recorders[THREADS];
  pthread_t threads[THREADS];
  for (int number = 0; number < THREADS; number++) {
    recorders[number].store = store;
    snprintf(recorders[number].session, sizeof recorders[number].session, "s-%d", number);
    require(pthread_create(&threads[number], NULL, record, &recorders[number]) == 0, "a thread starts");
  }
  const uint64_t followed = follow(store, "s-0");
  for (int number = 0; number < THREADS; number++) pthread_join(threads[number], NULL);
  printf("followed %" PRIu64 " events of s-0 until it was finished\n", followed);
  require(followed == BATCHES * EVENTS, "nothing of the recording is missed");

  play(store, "s-1", 10500);
  require(list(store) == THREADS, "all sessions are listed");
  erase(store, "s-2");
  require(list(store) == THREADS - 1, "the erased session is gone");

  check(segment_store_close(store, &error), error, "close");
  require(segment_store_flush(store, NULL) == SEGMENT_CLOSED, "a closed store says so");
  segment_store_free(store);
  return 0;
}
