/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/connection/zmqg-authenticator-private.h>
#include <zmqglib/loop/zmqg-main-context-private.h>

/* The way of a request through the rules, the application and the clock. Everything here is
 * called by the holder of the main context, and but for dismiss() from a dispatch of it. */

static void consider (ZmqgAuthenticator         *self,
                      ZmqgAuthenticationRequest *request,
                      gboolean                   is_fresh);

/* Exactly one answer for each request: libzmq asserts that it waits for one. */
static void
send_reply (ZmqgAuthenticator *self,
            ZmqgZapRequest    *zap,
            ZmqgZapStatus      status,
            const char        *user_id,
            GBytes            *metadata)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZmqgMessage) reply = NULL;

  if (self->socket == NULL)
    return;

  reply = zmqg_zap_request_make_reply (zap, status, status == ZMQG_ZAP_ADMITTED ? "OK" : "Refused",
                                       user_id, metadata);
  if (!zmqg_socket_send (self->socket, reply, &error))
    g_message ("Could not answer an authentication request: %s", error->message);
}

static void
count (ZmqgAuthenticator *self,
       guint64           *counter)
{
  g_mutex_lock (&self->lock);
  (*counter)++;
  g_mutex_unlock (&self->lock);
}

static void
set_n_pending (ZmqgAuthenticator *self)
{
  g_mutex_lock (&self->lock);
  self->n_pending = g_hash_table_size (self->pending);
  g_mutex_unlock (&self->lock);
}

static gboolean
is_enlisted (ZmqgAuthenticator         *self,
             ZmqgAuthenticationRequest *request)
{
  return g_hash_table_lookup (self->pending, request->zap.route) == request;
}

static void
set_timer (ZmqgAuthenticator *self)
{
  gint64 next = -1;
  GHashTableIter iter;
  gpointer value;

  if (self->timer == NULL)
    return;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ZmqgAuthenticationRequest *request = value;

      if (next < 0 || request->deadline < next)
        next = request->deadline;
    }
  g_source_set_ready_time (self->timer, next);
}

static gboolean
enlist (ZmqgAuthenticator         *self,
        ZmqgAuthenticationRequest *request)
{
  gint64 due = g_source_get_ready_time (self->timer);

  if (is_enlisted (self, request))
    return TRUE;
  if (g_hash_table_size (self->pending) >= (guint) g_atomic_int_get (&self->max_pending))
    return FALSE;

  g_hash_table_insert (self->pending, request->zap.route, g_object_ref (request));
  set_n_pending (self);
  request->deadline = g_get_monotonic_time () +
                      g_atomic_int_get (&self->timeout) * G_TIME_SPAN_MILLISECOND;
  /* A deadline that is over does no harm when it comes */
  if (due < 0 || request->deadline < due)
    g_source_set_ready_time (self->timer, request->deadline);

  return TRUE;
}

static void
strike_off (ZmqgAuthenticator         *self,
            ZmqgAuthenticationRequest *request)
{
  if (!is_enlisted (self, request))
    return;

  g_hash_table_remove (self->pending, request->zap.route);
  set_n_pending (self);
}

/* What the answer comes to; no signal yet */
static void
carry_out (ZmqgAuthenticator         *self,
           ZmqgAuthenticationRequest *request,
           GBytes                    *metadata)
{
  switch (zmqg_authentication_request_get_answer (request))
    {
    case ZMQG_ANSWER_ACCEPTED:
      send_reply (self, &request->zap, ZMQG_ZAP_ADMITTED, request->user_id, metadata);
      count (self, &self->n_admitted);
      break;
    case ZMQG_ANSWER_DENIED:
      send_reply (self, &request->zap, ZMQG_ZAP_REFUSED, NULL, NULL);
      break;
    case ZMQG_ANSWER_FAILED:
      send_reply (self, &request->zap, ZMQG_ZAP_FAILED, NULL, NULL);
      break;
    case ZMQG_ANSWER_NONE:
    default:
      g_return_if_reached ();
    }

  if (request->answer != ZMQG_ANSWER_ACCEPTED)
    {
      count (self, &self->n_refused);
      zmqg_refusal_log_write (&self->log, &request->zap, request->reason);
    }
}

static void
tell (ZmqgAuthenticator         *self,
      ZmqgAuthenticationRequest *request)
{
  if (request->answer == ZMQG_ANSWER_ACCEPTED)
    g_signal_emit (self, zmqg_authenticator_signals[ZMQG_AUTHENTICATOR_ADMITTED], 0, request,
                   request->user_id != NULL ? request->user_id : "");
  else
    g_signal_emit (self, zmqg_authenticator_signals[ZMQG_AUTHENTICATOR_REFUSED], 0, request,
                   request->reason);
}

/* @metadata: (nullable) */
static void
finish (ZmqgAuthenticator         *self,
        ZmqgAuthenticationRequest *request,
        GBytes                    *metadata)
{
  strike_off (self, request);
  carry_out (self, request, metadata);
  tell (self, request);
}

static void
settle (ZmqgAuthenticator         *self,
        ZmqgAuthenticationRequest *request,
        ZmqgAnswer                 answer,
        const char                *text)
{
  if (zmqg_authentication_request_settle (request, answer, text))
    finish (self, request, NULL);
}

/* The application has answered after the signal. */
static void
answered (gpointer                   authenticator,
          ZmqgAuthenticationRequest *request)
{
  ZmqgAuthenticator *self = authenticator;

  if (is_enlisted (self, request))
    finish (self, request, NULL);
}

static gboolean
enlist_or_refuse (ZmqgAuthenticator         *self,
                  ZmqgAuthenticationRequest *request)
{
  if (enlist (self, request))
    return TRUE;

  settle (self, request, ZMQG_ANSWER_FAILED, "too many peers wait for an answer");
  return FALSE;
}

static void
ask (ZmqgAuthenticator         *self,
     ZmqgAuthenticationRequest *request,
     const char                *reason)
{
  guint signal_id = zmqg_authenticator_signals[ZMQG_AUTHENTICATOR_AUTHENTICATE];

  if (!g_signal_has_handler_pending (self, signal_id, 0, FALSE))
    {
      settle (self, request, ZMQG_ANSWER_DENIED, reason);
      return;
    }
  if (!enlist_or_refuse (self, request))
    return;

  zmqg_authentication_request_begin_asking (request);
  g_signal_emit (self, signal_id, 0, request);
  if (zmqg_authentication_request_end_asking (request) != ZMQG_ANSWER_NONE &&
      is_enlisted (self, request))
    finish (self, request, NULL);
}

static void
refreshed_cb (const GError *error,
              gpointer      user_data)
{
  g_autoptr (ZmqgAuthenticationRequest) request = user_data;
  g_autoptr (ZmqgAuthenticator) self = g_weak_ref_get (&request->authenticator);

  request->n_unread--;
  if (self == NULL || !is_enlisted (self, request))
    return;

  if (error != NULL)
    {
      g_message ("Could not read the certificates: %s", error->message);
      settle (self, request, ZMQG_ANSWER_FAILED, "the certificates could not be read");
    }
  else if (request->n_unread == 0)
    consider (self, request, TRUE);
}

/* What the directory holds now counts, not what was last heard of it. */
static void
read_directories (ZmqgAuthenticator         *self,
                  ZmqgAuthenticationRequest *request)
{
  ZmqgDomainRules *rules[ZMQG_MAX_RULES];
  ZmqgCertificateDirectory *directories[ZMQG_MAX_RULES];
  guint n_directories = 0;
  guint n_rules;

  if (!enlist_or_refuse (self, request))
    return;

  g_mutex_lock (&self->lock);
  n_rules = zmqg_authenticator_find_rules (self, request->zap.domain, rules);
  for (guint i = 0; i < n_rules; i++)
    {
      if (rules[i]->directory != NULL)
        directories[n_directories++] = zmqg_certificate_directory_ref (rules[i]->directory);
    }
  g_mutex_unlock (&self->lock);

  request->n_unread = n_directories;
  for (guint i = 0; i < n_directories; i++)
    {
      zmqg_certificate_directory_refresh (directories[i], refreshed_cb, g_object_ref (request));
      zmqg_certificate_directory_unref (directories[i]);
    }
}

static ZmqgVerdict
judge (ZmqgAuthenticator  *self,
       ZmqgZapRequest     *zap,
       gboolean            is_fresh,
       GBytes            **metadata)
{
  ZmqgDomainRules *rules[ZMQG_MAX_RULES];
  ZmqgVerdict verdict;
  guint n_rules;

  g_mutex_lock (&self->lock);
  n_rules = zmqg_authenticator_find_rules (self, zap->domain, rules);
  verdict = zmqg_domain_rules_judge (rules, n_rules, zap, is_fresh);
  if (verdict.kind == ZMQG_VERDICT_ADMITTED && zap->public_key != NULL)
    zmqg_admissions_add (&self->admissions, zap->domain, zap->public_key, zap->address);
  *metadata = verdict.metadata != NULL ? g_bytes_ref (verdict.metadata) : NULL;
  g_mutex_unlock (&self->lock);

  return verdict;
}

static void
consider (ZmqgAuthenticator         *self,
          ZmqgAuthenticationRequest *request,
          gboolean                   is_fresh)
{
  g_autoptr (GBytes) metadata = NULL;
  ZmqgVerdict verdict = judge (self, &request->zap, is_fresh, &metadata);

  switch (verdict.kind)
    {
    case ZMQG_VERDICT_ADMITTED:
      if (zmqg_authentication_request_settle (request, ZMQG_ANSWER_ACCEPTED, verdict.user_id))
        finish (self, request, metadata);
      break;
    case ZMQG_VERDICT_OPEN:
      ask (self, request, verdict.reason);
      break;
    case ZMQG_VERDICT_UNREAD:
      read_directories (self, request);
      break;
    case ZMQG_VERDICT_REFUSED:
    default:
      settle (self, request, ZMQG_ANSWER_DENIED, verdict.reason);
      break;
    }
}

/* A connection asks once. One that libzmq has made again asks once more, and would take the answer
 * to the first question for that to the second. */
static void
forget_superseded (ZmqgAuthenticator         *self,
                   ZmqgAuthenticationRequest *request)
{
  static const char reason[] = "the peer has gone";
  ZmqgAuthenticationRequest *found = g_hash_table_lookup (self->pending, request->zap.route);
  g_autoptr (ZmqgAuthenticationRequest) before = NULL;

  if (found == NULL)
    return;

  before = g_object_ref (found);
  strike_off (self, before);
  count (self, &self->n_refused);
  zmqg_refusal_log_write (&self->log, &before->zap, reason);
  if (zmqg_authentication_request_settle (before, ZMQG_ANSWER_FAILED, reason))
    tell (self, before);
}

static void
take_malformed (ZmqgAuthenticator *self,
                ZmqgZapRequest    *zap,
                const GError      *error)
{
  count (self, &self->n_malformed);
  zmqg_refusal_log_write_malformed (&self->log, error);
  if (zap->id != NULL)
    send_reply (self, zap, ZMQG_ZAP_FAILED, NULL, NULL);
  zmqg_zap_request_clear (zap);
}

void
zmqg_authenticator_message_cb (ZmqgSocket  *socket,
                               ZmqgMessage *message,
                               gpointer     user_data)
{
  g_autoptr (ZmqgAuthenticator) self = g_object_ref (user_data);
  g_autoptr (ZmqgAuthenticationRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  ZmqgZapRequest zap;

  if (!zmqg_zap_request_parse (&zap, message, &error))
    {
      take_malformed (self, &zap, error);
      return;
    }

  request = zmqg_authentication_request_new (&zap, self, self->main_context, answered);
  forget_superseded (self, request);
  consider (self, request, FALSE);
}

/* (transfer full) (element-type ZmqgAuthenticationRequest): those that are due by @time */
static GPtrArray *
list_due (ZmqgAuthenticator *self,
          gint64             time)
{
  GPtrArray *due = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (((ZmqgAuthenticationRequest *) value)->deadline <= time)
        g_ptr_array_add (due, g_object_ref (value));
    }

  return due;
}

/* The clock's turn */
void
zmqg_authenticator_expire (ZmqgAuthenticator *self)
{
  g_autoptr (ZmqgAuthenticator) guard = g_object_ref (self);
  g_autoptr (GPtrArray) due = list_due (self, g_get_monotonic_time ());

  for (guint i = 0; i < due->len; i++)
    {
      ZmqgAuthenticationRequest *request = due->pdata[i];

      settle (self, request, ZMQG_ANSWER_DENIED, "nobody answered in time");
    }
  set_timer (self);
}

typedef struct
{
  ZmqgAuthenticator *authenticator;
  GPtrArray *requests;
} Dismissal;

static void
dismissal_free (gpointer data)
{
  Dismissal *self = data;

  g_object_unref (self->authenticator);
  g_ptr_array_unref (self->requests);
  g_free (self);
}

static gboolean
tell_dismissed_cb (gpointer user_data)
{
  Dismissal *self = user_data;

  for (guint i = 0; i < self->requests->len; i++)
    tell (self->authenticator, self->requests->pdata[i]);
  zmqg_authenticator_notify_running (self->authenticator);

  return G_SOURCE_REMOVE;
}

void
zmqg_authenticator_dismiss (ZmqgAuthenticator *self,
                            gboolean           has_audience)
{
  g_autoptr (GPtrArray) requests = list_due (self, G_MAXINT64);
  Dismissal *dismissal;

  for (guint i = 0; i < requests->len; i++)
    {
      ZmqgAuthenticationRequest *request = requests->pdata[i];

      zmqg_authentication_request_settle (request, ZMQG_ANSWER_FAILED,
                                          "the authenticator was stopped");
      strike_off (self, request);
      carry_out (self, request, NULL);
    }
  if (!has_audience)
    return;

  dismissal = g_new (Dismissal, 1);
  dismissal->authenticator = g_object_ref (self);
  dismissal->requests = g_steal_pointer (&requests);
  zmqg_main_context_post (self->main_context, G_PRIORITY_DEFAULT, tell_dismissed_cb, dismissal,
                          dismissal_free);
}
