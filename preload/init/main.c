/* heaphound-init DIRECTORY [SOURCE]: puts libheaphound.so from SOURCE (default /heaphound) into DIRECTORY, the volume
 * that the containers of a pod share. Whatever goes wrong it exits with 0, because a pod whose init container fails
 * does not start, and leaves something that can be preloaded: what stood there before, or a stub. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "install.h"
#include "library.h"
#include "report.h"

extern const char hh_stub_begin[], hh_stub_end[];

static const char library_name[] = "libheaphound.so", default_source[] = "/heaphound";

typedef struct job {
  const char *directory;
  char to[PATH_MAX], from[PATH_MAX];
  hh_library ours, there;
  enum hh_library_state there_state;
  hh_report report;
} job;

static const char *advice_for(int error) {
  switch (error) {
  case EROFS:
    return "The volume is mounted read-only in the init container: mount it writable there.";
  case EACCES:
  case EPERM:
    return "The init container's user may not write to the volume: set fsGroup, or use an emptyDir.";
  case ENOSPC:
  case EDQUOT:
    return "The volume is full: raise its sizeLimit, or the node's ephemeral storage.";
  case ENOENT:
  case ENOTDIR:
    return "The directory is not there: mount the volume at the path that is the first argument.";
  default:
    return NULL;
  }
}

/* No library of ours can be had: keep what can be preloaded, else leave the stub. */
static void fall_back(job *is, const char *reason, int error) {
  is->report.reason = reason;
  is->report.error = error;
  if (!is->report.advice)
    is->report.advice = advice_for(error);
  if (is->there_state == HH_LIBRARY_GOOD) {
    is->report.result = "kept";
    is->report.bytes = is->there.size;
    return;
  }
  const hh_content stub = {.fd = -1, .bytes = hh_stub_begin, .size = (uint64_t)(hh_stub_end - hh_stub_begin)};
  int status = hh_install(is->directory, library_name, &stub);
  is->report.result = status ? "nothing" : "stub";
  is->report.bytes = status ? 0 : stub.size;
  if (status && !error) {
    is->report.error = -status;
    is->report.advice = advice_for(-status);
  }
}

static const char *source_reason(enum hh_library_state state) {
  switch (state) {
  case HH_LIBRARY_UNREADABLE:
    return "source-missing";
  case HH_LIBRARY_FOREIGN:
    return "wrong-architecture";
  default:
    return "source-damaged";
  }
}

static void take_ours(job *is) {
  is->report.version = is->ours.version;
  if (is->there_state == HH_LIBRARY_GOOD && hh_library_equal(&is->ours, &is->there)) {
    is->report.result = "unchanged";
    is->report.bytes = is->there.size;
    return;
  }
  if (is->there_state == HH_LIBRARY_GOOD && hh_version_compare(is->there.version, is->ours.version) > 0) {
    is->report.result = "kept";
    is->report.reason = "newer-version";
    is->report.bytes = is->there.size;
    return;
  }
  const hh_content content = {.fd = is->ours.fd, .size = is->ours.size};
  int status = hh_install(is->directory, library_name, &content);
  if (status) {
    fall_back(is, "not-writable", -status);
    return;
  }
  is->report.result = "installed";
  is->report.bytes = is->ours.size;
}

static int join(char *out, const char *directory, const char *name) {
  int length = snprintf(out, PATH_MAX, "%s/%s", directory, name);
  return length > 0 && length < PATH_MAX ? 0 : -1;
}

static void run(job *is, const char *source) {
  if (join(is->to, is->directory, library_name) || join(is->from, source, library_name)) {
    is->report.result = "nothing";
    is->report.reason = "usage";
    is->report.error = ENAMETOOLONG;
    return;
  }
  is->report.path = is->to;
  hh_install_clean(is->directory, library_name);
  is->there_state = hh_library_open(&is->there, is->to);
  if (is->there_state == HH_LIBRARY_GOOD)
    is->report.found_version = is->there.version;
  errno = 0;
  enum hh_library_state state = hh_library_open(&is->ours, is->from);
  if (state == HH_LIBRARY_GOOD) {
    take_ours(is);
    return;
  }
  is->report.advice = state == HH_LIBRARY_FOREIGN
                          ? "The image holds a library for another processor: build the image for this platform."
                          : "The image is not whole: build or pull it again.";
  fall_back(is, source_reason(state), state == HH_LIBRARY_UNREADABLE ? errno : 0);
}

int main(int count, char **arguments) {
  static job is = {.ours.fd = -1, .there.fd = -1};
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files then is an error like others */
  if (count < 2 || count > 3) {
    is.report.result = "nothing";
    is.report.reason = "usage";
    is.report.advice = "heaphound-init DIRECTORY [SOURCE]: name the directory that the pod's containers share.";
  } else {
    is.directory = arguments[1];
    run(&is, count > 2 ? arguments[2] : default_source);
  }
  hh_report_write(&is.report);
  return 0;
}
