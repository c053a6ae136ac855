/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/connection/zmqg-monitor-private.h>

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define READY_AT_ONCE 32
/* Events read with the lock held: the owner may want it */
#define BATCH 256
/* Such batches before the others are looked after */
#define MAX_TURNS 64
/* Where libzmq has that much to say it is left alone for a moment: reading much at once costs a
 * third of reading each at once (µs) */
#define MANY 1000
#define PAUSE 2000
/* Among the numbers of monitors, which begin at 1 */
#define WAKE_UP 0
/* How often to look after what has to wait (ms) */
#define INTERVAL 20

/* The thread of a context that reads its monitors, while it has some. Shared by it and them */
struct _ZmqgMonitorReader
{
  int ref_count;
  /* Owned by those monitors that hold a reference */
  ZmqgContext *context;
  int epoll_fd;
  int wake_fd;

  GMutex lock;
  guint64 n_added;
  GHashTable *monitors;
  gboolean is_over;
};

static void
reader_unref (ZmqgMonitorReader *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  if (self->epoll_fd != -1)
    close (self->epoll_fd);
  if (self->wake_fd != -1)
    close (self->wake_fd);
  g_hash_table_unref (self->monitors);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Of a monitor's number, which the epoll set has: it may have gone meanwhile */
static ZmqgMonitor *
ref_monitor (ZmqgMonitorReader *self,
             guint64            id)
{
  ZmqgMonitor *monitor;

  g_mutex_lock (&self->lock);
  monitor = g_hash_table_lookup (self->monitors, &id);
  if (monitor != NULL)
    zmqg_monitor_ref (monitor);
  g_mutex_unlock (&self->lock);

  return monitor;
}

/* A context that was ended keeps the file descriptors of its sockets readable. By the number: the
 * owner may be starting the monitor anew. */
static void
stop_polling (ZmqgMonitorReader *self,
              guint64            id)
{
  ZmqgMonitor *monitor;

  g_mutex_lock (&self->lock);
  monitor = g_hash_table_lookup (self->monitors, &id);
  if (monitor != NULL)
    epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, monitor->fd, NULL);
  g_mutex_unlock (&self->lock);
}

static ZmqgMonitorState
read_monitor (ZmqgMonitorReader *self,
              guint64            id,
              guint             *n_read)
{
  ZmqgMonitor *monitor = ref_monitor (self, id);
  ZmqgMonitorState state;
  guint n_pulled = 0;

  if (monitor == NULL)
    return ZMQG_MONITOR_DRY;

  g_mutex_lock (&monitor->lock);
  state = zmqg_monitor_pull (monitor, BATCH, &n_pulled);
  g_mutex_unlock (&monitor->lock);
  *n_read += n_pulled;
  if (state == ZMQG_MONITOR_ENDED)
    stop_polling (self, id);
  zmqg_monitor_unref (monitor);

  return state;
}

static void
add_all (ZmqgMonitorReader *self,
         GArray            *ids)
{
  GHashTableIter iter;
  gpointer key;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->monitors);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_array_append_vals (ids, key, 1);
  g_mutex_unlock (&self->lock);
}

/* Reads @ids in turns, and leaves there who has more to say. Returns: whether one has something
 * to do after some time */
static gboolean
read_monitors (ZmqgMonitorReader *self,
               GArray            *ids,
               guint             *n_read)
{
  gboolean waits = FALSE;
  guint i = 0;

  for (guint n_turns = 0; ids->len > 0 && n_turns < MAX_TURNS; n_turns++)
    {
      ZmqgMonitorState state;

      i %= ids->len;
      state = read_monitor (self, g_array_index (ids, guint64, i), n_read);
      waits |= state == ZMQG_MONITOR_WAITS;
      if (state == ZMQG_MONITOR_MORE)
        i++;
      else
        g_array_remove_index_fast (ids, i);
    }

  return waits;
}

static gboolean
is_over (ZmqgMonitorReader *self)
{
  gboolean over;

  g_mutex_lock (&self->lock);
  over = self->is_over;
  g_mutex_unlock (&self->lock);

  return over;
}

static void
add_ready (ZmqgMonitorReader *self,
           GArray            *ids,
           int                timeout)
{
  struct epoll_event events[READY_AT_ONCE];
  int n_events = epoll_wait (self->epoll_fd, events, READY_AT_ONCE, timeout);

  for (int i = 0; i < n_events; i++)
    {
      guint64 id = events[i].data.u64;
      guint64 count;

      if (id != WAKE_UP)
        g_array_append_val (ids, id);
      else if (read (self->wake_fd, &count, sizeof count) != -1)
        add_all (self, ids);
    }
}

/* The application's signals are not for this thread. */
static void
block_signals (void)
{
  sigset_t all;

  sigfillset (&all);
  pthread_sigmask (SIG_BLOCK, &all, NULL);
}

static gpointer
run_reader (gpointer data)
{
  ZmqgMonitorReader *self = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  gboolean waits = FALSE;

  block_signals ();
  while (!is_over (self))
    {
      guint n_read = 0;

      add_ready (self, ids, ids->len > 0 ? 0 : waits ? INTERVAL : -1);
      if (waits)
        add_all (self, ids);
      waits = read_monitors (self, ids, &n_read);
      if (n_read >= MANY)
        g_usleep (PAUSE);
    }
  reader_unref (self);

  return NULL;
}

static ZmqgMonitorReader *
create_reader (ZmqgContext  *context,
               GError      **error)
{
  ZmqgMonitorReader *self = g_new0 (ZmqgMonitorReader, 1);
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = WAKE_UP };
  GThread *thread;

  self->ref_count = 1;
  self->context = context;
  self->monitors = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_mutex_init (&self->lock);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->epoll_fd == -1 || self->wake_fd == -1 ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->wake_fd, &event) != 0)
    {
      zmqg_set_error_from_errno (error, errno, "Could not create a thread");
      reader_unref (self);
      return NULL;
    }

  thread = g_thread_try_new ("zmqg-monitor", run_reader, self, error);
  if (thread == NULL)
    {
      reader_unref (self);
      return NULL;
    }
  g_thread_unref (thread);

  return self;
}

static GQuark
get_quark (void)
{
  return g_quark_from_static_string ("zmqg-monitor-reader");
}

static gboolean
add_monitor (ZmqgMonitorReader  *self,
             ZmqgMonitor        *monitor,
             GError            **error)
{
  struct epoll_event event = { .events = EPOLLIN };
  int errsv = 0;

  g_mutex_lock (&self->lock);
  monitor->id = ++self->n_added;
  event.data.u64 = monitor->id;
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, monitor->fd, &event) != 0)
    errsv = errno;
  else
    g_hash_table_insert (self->monitors, &monitor->id, monitor);
  g_mutex_unlock (&self->lock);

  if (errsv != 0)
    zmqg_set_error_from_errno (error, errsv, "Could not poll a monitor");

  return errsv == 0;
}

static void
wake (ZmqgMonitorReader *self)
{
  guint64 one = 1;

  if (write (self->wake_fd, &one, sizeof one) == -1)
    g_warning ("Could not wake a thread: %s", g_strerror (errno));
}

/* With the context's lock held, so that nobody joins it meanwhile */
static void
end_if_unused (ZmqgMonitorReader *self)
{
  gboolean is_unused;

  g_mutex_lock (&self->lock);
  is_unused = g_hash_table_size (self->monitors) == 0;
  self->is_over = is_unused;
  g_mutex_unlock (&self->lock);

  if (!is_unused)
    return;

  g_object_set_qdata (G_OBJECT (self->context), get_quark (), NULL);
  wake (self);
}

/* By the owner of the monitor's socket */
gboolean
zmqg_monitor_reader_add (ZmqgContext  *context,
                         ZmqgMonitor  *monitor,
                         GError      **error)
{
  ZmqgMonitorReader *self;
  gboolean added = FALSE;

  g_mutex_lock (&context->lock);
  self = g_object_get_qdata (G_OBJECT (context), get_quark ());
  if (self == NULL)
    {
      self = create_reader (context, error);
      if (self != NULL)
        g_object_set_qdata (G_OBJECT (context), get_quark (), self);
    }
  if (self != NULL)
    {
      g_atomic_int_inc (&self->ref_count);
      added = add_monitor (self, monitor, error);
      if (added)
        monitor->reader = self;
      else
        {
          end_if_unused (self);
          reader_unref (self);
        }
    }
  g_mutex_unlock (&context->lock);

  return added;
}

/* Before its PAIR is closed: the number of the file descriptor is free for others then. The thread
 * may still be in the middle of reading it, which it does with the monitor's lock held. */
void
zmqg_monitor_reader_remove (ZmqgMonitor *monitor)
{
  ZmqgMonitorReader *self = g_steal_pointer (&monitor->reader);
  ZmqgContext *context = self->context;

  g_mutex_lock (&context->lock);
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->monitors, &monitor->id);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, monitor->fd, NULL);
  g_mutex_unlock (&self->lock);
  end_if_unused (self);
  g_mutex_unlock (&context->lock);

  reader_unref (self);
}

/* The monitor has something to do after some time, of which libzmq will not tell. */
void
zmqg_monitor_reader_poke (ZmqgMonitor *monitor)
{
  wake (monitor->reader);
}
