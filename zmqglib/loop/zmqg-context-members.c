/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/base/zmqg-process-private.h>
#include <zmqglib/loop/zmqg-context-private.h>
#include <zmqglib/loop/zmqg-main-context-private.h>

#include <zmq.h>

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static gboolean
notify_n_sockets_cb (gpointer user_data)
{
  g_autoptr (ZmqgContext) self = g_weak_ref_get (user_data);

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->lock);
  self->notifies = FALSE;
  g_mutex_unlock (&self->lock);
  g_object_notify (G_OBJECT (self), "n-sockets");

  return G_SOURCE_REMOVE;
}

/* With the lock held */
static void
queue_notify (ZmqgContext *self)
{
  GWeakRef *weak_ref;

  if (self->notifies)
    return;

  self->notifies = TRUE;
  weak_ref = g_new (GWeakRef, 1);
  g_weak_ref_init (weak_ref, self);
  zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, notify_n_sockets_cb,
                          weak_ref, free_weak_ref);
}

gboolean
zmqg_context_check_process (ZmqgContext  *self,
                            GError      **error)
{
  if (G_LIKELY (self->process == zmqg_process_get_id ()))
    return TRUE;

  g_set_error (error, ZMQG_ERROR, ZMQG_ERROR_FORKED,
               "The context was made before fork() and cannot be used in the child process");
  return FALSE;
}

pid_t
zmqg_context_get_process (ZmqgContext *self)
{
  return self->process;
}

static gboolean
check_open (ZmqgContext  *self,
            GError      **error)
{
  if (!zmqg_context_check_process (self, error))
    return FALSE;
  if (self->terminating)
    {
      g_set_error (error, ZMQG_ERROR, ZMQG_ERROR_TERMINATED,
                   "Could not create a socket: the context was terminated");
      return FALSE;
    }
  if (self->handle == NULL)
    zmqg_context_open (self);
  if (self->handle == NULL)
    {
      zmqg_set_error_from_errno (error, self->open_errno, "Could not create a context");
      return FALSE;
    }

  return TRUE;
}

/* epoll.cpp and thread.cpp abort the process where they cannot open what they need: with the
 * first socket an epoll set and a mailbox for each I/O thread and the reaper. */
static gboolean
check_free_fds (ZmqgContext  *self,
                GError      **error)
{
  guint n_fds = self->has_threads ? 3 : 2 * (self->io_threads + 1) + 1;

  if (zmqg_process_has_free_fds (n_fds, error))
    return TRUE;

  g_prefix_error (error, "Could not create a socket: ");
  return FALSE;
}

static gboolean
check_max_sockets (ZmqgContext  *self,
                   GError      **error)
{
  if (self->members.length < (guint) self->max_sockets)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES,
               "Could not create a socket: the context's max-sockets (%d) are in use",
               self->max_sockets);
  return FALSE;
}

static void *
open_locked (ZmqgContext  *self,
             int           type,
             GError      **error)
{
  void *zmq_socket_handle;

  if (!check_open (self, error) || !check_max_sockets (self, error) ||
      !check_free_fds (self, error))
    return NULL;

  zmq_socket_handle = zmq_socket (self->handle, type);
  if (zmq_socket_handle != NULL)
    self->has_threads = TRUE;
  else
    zmqg_set_error_from_errno (error, zmq_errno (), "Could not create a socket");

  return zmq_socket_handle;
}

void *
zmqg_context_open_socket (ZmqgContext        *self,
                          ZmqgContextMember  *member,
                          int                 type,
                          GError            **error)
{
  void *zmq_socket_handle;

  g_mutex_lock (&self->lock);
  zmq_socket_handle = open_locked (self, type, error);
  if (zmq_socket_handle != NULL)
    {
      member->link.data = member;
      g_queue_push_tail_link (&self->members, &member->link);
      queue_notify (self);
    }
  g_mutex_unlock (&self->lock);

  return zmq_socket_handle;
}

/* @linger: how long libzmq may still deliver what it took, in ms; 0 if it took nothing */
void
zmqg_context_close_socket (ZmqgContext        *self,
                           ZmqgContextMember  *member,
                           void               *zmq_socket_handle,
                           int                 linger)
{
  zmq_close (zmq_socket_handle);

  g_mutex_lock (&self->lock);
  g_queue_unlink (&self->members, &member->link);
  zmqg_context_note_lingering (self, g_steal_pointer (&member->description), linger);
  if (self->members.length == 0)
    g_cond_broadcast (&self->emptied);
  queue_notify (self);
  g_mutex_unlock (&self->lock);
}

/* In a forked child, where it is not closed; it takes no lock that a thread of the parent may have
 * held. */
void
zmqg_context_forget_socket (ZmqgContext       *self,
                            ZmqgContextMember *member)
{
  g_queue_unlink (&self->members, &member->link);
  g_clear_pointer (&member->description, g_free);
}

/* The socket is complete. FALSE: the context was terminated meanwhile, and it must close. */
gboolean
zmqg_context_admit (ZmqgContext       *self,
                    ZmqgContextMember *member)
{
  gboolean is_welcome;

  g_mutex_lock (&self->lock);
  member->is_made = TRUE;
  is_welcome = !self->terminating;
  g_mutex_unlock (&self->lock);

  return is_welcome;
}

/* @description: (transfer full) */
void
zmqg_context_describe (ZmqgContext       *self,
                       ZmqgContextMember *member,
                       char              *description)
{
  g_mutex_lock (&self->lock);
  g_free (member->description);
  member->description = description;
  g_mutex_unlock (&self->lock);
}

void
zmqg_context_note_inproc (ZmqgContext *self,
                          const char  *endpoint)
{
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->inproc_names, g_strdup (endpoint));
  g_mutex_unlock (&self->lock);
}

GPtrArray *
zmqg_context_list_members (ZmqgContext *self)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  for (GList *link = self->members.head; link != NULL; link = link->next)
    {
      ZmqgContextMember *member = link->data;
      gpointer object = g_weak_ref_get (&member->object);

      if (object != NULL)
        g_ptr_array_add (objects, object);
    }
  g_mutex_unlock (&self->lock);

  return objects;
}
