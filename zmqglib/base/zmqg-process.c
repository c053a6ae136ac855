/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/base/zmqg-process-private.h>

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_FREE_FDS 64

volatile pid_t *zmqg_process_page = NULL;

static volatile pid_t *
map_process_page (void)
{
  gsize size = sysconf (_SC_PAGESIZE);
  void *page = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (page == MAP_FAILED)
    return NULL;
#ifdef MADV_WIPEONFORK
  if (madvise (page, size, MADV_WIPEONFORK) == 0)
    return page;
#endif
  munmap (page, size);
  return NULL;
}

pid_t
zmqg_process_get_id_slow (void)
{
  static gsize mapped = 0;
  pid_t id = getpid ();

  if (g_once_init_enter (&mapped))
    {
      zmqg_process_page = map_process_page ();
      g_once_init_leave (&mapped, 1);
    }
  if (zmqg_process_page != NULL)
    *zmqg_process_page = id;

  return id;
}

gboolean
zmqg_process_has_free_fds (guint    n,
                           GError **error)
{
  int fds[MAX_FREE_FDS];
  guint opened = 0;
  int errsv = 0;

  n = MIN (n, MAX_FREE_FDS);
  while (opened < n && (fds[opened] = eventfd (0, EFD_CLOEXEC)) != -1)
    opened++;
  if (opened < n)
    errsv = errno;
  for (guint i = 0; i < opened; i++)
    close (fds[i]);

  if (errsv != 0)
    {
      zmqg_set_error_from_errno (error, errsv, "%u file descriptors needed, %u free", n, opened);
      return FALSE;
    }

  return TRUE;
}
