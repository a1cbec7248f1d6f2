/*
 * A disk that fails, for one process: loaded before the C library, it counts the writes to files below a folder and makes
 * them fail from one of them on, or ends the process there. The environment says which:
 *
 *   FAILING_DISK_FOLDER  files below it are counted
 *   FAILING_DISK_FROM    number of the first write that fails; 0: none does
 *   FAILING_DISK_HOW     28 (no room), 5 (input/output error), another number of errno, or `kill`
 *   FAILING_DISK_COUNT   file into which the number of writes is written at the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long writes;

static int below(const char *path) {
  const char *folder = getenv("FAILING_DISK_FOLDER");
  return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

/* Whether the write that is about to be made fails; errno says how. */
static int fails(void) {
  const char *text = getenv("FAILING_DISK_FROM");
  const char *how = getenv("FAILING_DISK_HOW");
  long from = text == NULL ? 0 : atol(text);
  long nth = atomic_fetch_add(&writes, 1) + 1;
  if (from == 0 || nth < from || how == NULL) return 0;
  if (strcmp(how, "kill") == 0) kill(getpid(), SIGKILL);
  errno = atoi(how);
  return 1;
}

static int failsAt(int fd) {
  char link[64], path[4096];
  int saved = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = saved;
  if (length <= 0) return 0;
  path[length] = 0;
  return below(path) && fails();
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("FAILING_DISK_COUNT");
  if (path == NULL || atomic_load(&writes) == 0) return;
  FILE *file = fopen(path, "w");
  if (file == NULL) return;
  fprintf(file, "%ld\n", atomic_load(&writes));
  fclose(file);
}

#define FAILING(type, name, parameters, arguments)                                              \
  type name parameters {                                                                        \
    static type(*real) parameters;                                                              \
    if (real == NULL) real = dlsym(RTLD_NEXT, #name);                                           \
    return failsAt(fd) ? -1 : real arguments;                                                   \
  }

FAILING(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
FAILING(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at), (fd, bytes, n, at))
FAILING(ssize_t, pwrite64, (int fd, const void *bytes, size_t n, off64_t at), (fd, bytes, n, at))
FAILING(ssize_t, writev, (int fd, const struct iovec *parts, int n), (fd, parts, n))
FAILING(ssize_t, pwritev, (int fd, const struct iovec *parts, int n, off_t at), (fd, parts, n, at))
FAILING(ssize_t, pwritev64, (int fd, const struct iovec *parts, int n, off64_t at), (fd, parts, n, at))
FAILING(int, fsync, (int fd), (fd))
FAILING(int, fdatasync, (int fd), (fd))
FAILING(int, ftruncate, (int fd, off_t length), (fd, length))
FAILING(int, ftruncate64, (int fd, off64_t length), (fd, length))
