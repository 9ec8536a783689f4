#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "segment_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)

#include <linux/falloc.h>
#include <sys/vfs.h>

int segment_sync_data(int descriptor) { return fdatasync(descriptor); }

int segment_sync_all(int descriptor) { return fsync(descriptor); }

int segment_punch_hole(int descriptor, int64_t offset, int64_t count) {
  int result = fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);
  if (result == -1 && errno == ENOSYS) errno = EOPNOTSUPP;
  return result;
}

// Locks of the open file description rather than flock: F_OFD_GETLK can ask who holds one without taking it,
// so that a look never makes another process's attempt fail. The kernel wants l_pid to be 0.
static struct flock whole_file(short type) {
  struct flock range;
  memset(&range, 0, sizeof range);
  range.l_type = type;
  range.l_whence = SEEK_SET;
  return range;
}

int segment_lock_take(int descriptor, int wait) {
  struct flock range = whole_file(F_WRLCK);
  int result = fcntl(descriptor, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range);
  if (result == -1 && errno == EACCES) errno = EAGAIN;
  return result;
}

int segment_lock_drop(int descriptor) {
  struct flock range = whole_file(F_UNLCK);
  return fcntl(descriptor, F_OFD_SETLK, &range);
}

int segment_lock_is_held(int descriptor) {
  struct flock range = whole_file(F_WRLCK);
  if (fcntl(descriptor, F_OFD_GETLK, &range) == -1) return -1;
  return range.l_type != F_UNLCK;
}

// Numbers from linux/magic.h and the file systems' own headers. FUSE and 9p are left out on purpose: the number
// does not tell whether anything remote stands behind them.
static const struct {
  uint32_t magic;
  const char *name;
} network_kinds[] = {
  {0x00006969u, "nfs"},    {0x0000517Bu, "smb"},   {0xFE534D42u, "smb2"},  {0xFF534D42u, "cifs"},
  {0x00C36400u, "ceph"},   {0x5346414Fu, "afs"},   {0x6B414653u, "afs"},   {0x73757245u, "coda"},
  {0x01161970u, "gfs2"},   {0x7461636Fu, "ocfs2"}, {0x0BD00BD0u, "lustre"},
};

static const struct {
  uint32_t magic;
  const char *name;
} copy_on_write_kinds[] = {
  {0x9123683Eu, "btrfs"}, {0x2FC12FC1u, "zfs"}, {0xCA451A4Eu, "bcachefs"}, {0xF2F52010u, "f2fs"}, {0x00003434u, "nilfs2"},
};

int segment_volume(const char *path, segment_volume_facts *facts) {
  struct statfs found;
  if (statfs(path, &found) == -1) return -1;
  uint64_t unit = found.f_frsize > 0 ? (uint64_t)found.f_frsize : (uint64_t)found.f_bsize;
  facts->free_bytes = (uint64_t)found.f_bavail * unit;
  facts->total_bytes = (uint64_t)found.f_blocks * unit;
  facts->network_kind = NULL;
  for (size_t index = 0; index < sizeof network_kinds / sizeof network_kinds[0]; index++) {
    if (network_kinds[index].magic == (uint32_t)found.f_type) {
      facts->network_kind = network_kinds[index].name;
      break;
    }
  }
  facts->copy_on_write_kind = NULL;
  for (size_t index = 0; index < sizeof copy_on_write_kinds / sizeof copy_on_write_kinds[0]; index++) {
    if (copy_on_write_kinds[index].magic == (uint32_t)found.f_type) {
      facts->copy_on_write_kind = copy_on_write_kinds[index].name;
    }
  }
  return 0;
}

#elif defined(__APPLE__)

#include <sys/file.h>
#include <sys/mount.h>
#include <sys/param.h>

// fsync on Darwin leaves data in the drive's cache; F_FULLFSYNC empties that too.
int segment_sync_data(int descriptor) { return fcntl(descriptor, F_FULLFSYNC); }

int segment_sync_all(int descriptor) { return fcntl(descriptor, F_FULLFSYNC); }

int segment_punch_hole(int descriptor, int64_t offset, int64_t count) {
  // F_PUNCHHOLE refuses ranges that do not lie on blocks, so it cannot keep this function's promise.
  (void)descriptor, (void)offset, (void)count;
  errno = EOPNOTSUPP;
  return -1;
}

int segment_lock_take(int descriptor, int wait) {
  int result = flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
  if (result == -1 && errno == EWOULDBLOCK) errno = EAGAIN;
  return result;
}

int segment_lock_drop(int descriptor) { return flock(descriptor, LOCK_UN); }

int segment_lock_is_held(int descriptor) {
  // flock cannot be asked without taking: for the blink of this probe another's attempt can fail.
  if (flock(descriptor, LOCK_SH | LOCK_NB) == -1) return errno == EWOULDBLOCK ? 1 : -1;
  flock(descriptor, LOCK_UN);
  return 0;
}

static const char *const network_kinds[] = {"nfs", "smbfs", "afpfs", "webdav", "cifs"};

int segment_volume(const char *path, segment_volume_facts *facts) {
  struct statfs found;
  if (statfs(path, &found) == -1) return -1;
  facts->free_bytes = (uint64_t)found.f_bavail * found.f_bsize;
  facts->total_bytes = (uint64_t)found.f_blocks * found.f_bsize;
  facts->network_kind = NULL;
  facts->copy_on_write_kind = strcmp(found.f_fstypename, "apfs") == 0 ? "apfs" : NULL;
  for (size_t index = 0; index < sizeof network_kinds / sizeof network_kinds[0]; index++) {
    if (strcmp(network_kinds[index], found.f_fstypename) == 0) facts->network_kind = network_kinds[index];
  }
  return 0;
}

#else
#error "Locks, syncs and holes are written for Linux and Darwin only."
#endif
