#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H
#include <sqlite3.h>

/// SQLITE_TRANSIENT, which is a cast that cannot be imported: SQLite copies what is bound.
static inline sqlite3_destructor_type peer_sqlite_transient(void) { return SQLITE_TRANSIENT; }
#endif
