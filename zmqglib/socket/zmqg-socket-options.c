/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/socket/zmqg-socket-private.h>

#include <errno.h>
#include <string.h>
#include <zmq.h>

static GParamSpec *
create_pspec (const ZmqgOption *option)
{
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  if ((option->flags & ZMQG_OPTION_SECRET) == 0)
    flags |= G_PARAM_READABLE;

  switch (option->kind)
    {
    case ZMQG_OPTION_BOOLEAN:
      return g_param_spec_boolean (option->name, NULL, NULL, option->default_value, flags);
    case ZMQG_OPTION_INT:
      return g_param_spec_int (option->name, NULL, NULL, option->minimum, option->maximum,
                               option->default_value, flags);
    case ZMQG_OPTION_INT64:
      return g_param_spec_int64 (option->name, NULL, NULL, option->minimum, option->maximum,
                                 option->default_value, flags);
    case ZMQG_OPTION_UINT64:
      return g_param_spec_uint64 (option->name, NULL, NULL, option->minimum, option->maximum,
                                  option->default_value, flags);
    case ZMQG_OPTION_BYTES:
      return g_param_spec_boxed (option->name, NULL, NULL, G_TYPE_BYTES, flags);
    case ZMQG_OPTION_STRING:
    default:
      return g_param_spec_string (option->name, NULL, NULL, NULL, flags);
    }
}

void
zmqg_options_install (GObjectClass *object_class,
                      guint         first_prop_id)
{
  for (guint i = 0; i < zmqg_n_options; i++)
    g_object_class_install_property (object_class, first_prop_id + i,
                                     create_pspec (&zmqg_options[i]));
}

ZmqgOptionValue *
zmqg_options_new (void)
{
  ZmqgOptionValue *values = g_new0 (ZmqgOptionValue, zmqg_n_options);

  for (guint i = 0; i < zmqg_n_options; i++)
    {
      if (!zmqg_option_is_data (&zmqg_options[i]))
        values[i].integer = zmqg_options[i].default_value;
    }

  return values;
}

static void
clear_value (const ZmqgOption *option,
             ZmqgOptionValue  *value)
{
  if (option->kind == ZMQG_OPTION_STRING)
    {
      if (value->string != NULL && (option->flags & ZMQG_OPTION_SECRET) != 0)
        explicit_bzero (value->string, strlen (value->string));
      g_clear_pointer (&value->string, g_free);
    }
  else if (option->kind == ZMQG_OPTION_BYTES)
    g_clear_pointer (&value->bytes, g_bytes_unref);
}

void
zmqg_options_free (ZmqgOptionValue *values)
{
  for (guint i = 0; i < zmqg_n_options; i++)
    clear_value (&zmqg_options[i], &values[i]);
  g_free (values);
}

static void
read_gvalue (const ZmqgOption *option,
             const GValue     *gvalue,
             ZmqgOptionValue  *value)
{
  switch (option->kind)
    {
    case ZMQG_OPTION_BOOLEAN:
      value->integer = g_value_get_boolean (gvalue);
      break;
    case ZMQG_OPTION_INT:
      value->integer = g_value_get_int (gvalue);
      break;
    case ZMQG_OPTION_INT64:
      value->integer = g_value_get_int64 (gvalue);
      break;
    case ZMQG_OPTION_UINT64:
      value->integer = g_value_get_uint64 (gvalue);
      break;
    case ZMQG_OPTION_BYTES:
      value->bytes = g_value_dup_boxed (gvalue);
      break;
    case ZMQG_OPTION_STRING:
    default:
      value->string = g_value_dup_string (gvalue);
      break;
    }
}

static void
write_gvalue (const ZmqgOption      *option,
              const ZmqgOptionValue *value,
              GValue                *gvalue)
{
  switch (option->kind)
    {
    case ZMQG_OPTION_BOOLEAN:
      g_value_set_boolean (gvalue, value->integer != 0);
      break;
    case ZMQG_OPTION_INT:
      g_value_set_int (gvalue, value->integer);
      break;
    case ZMQG_OPTION_INT64:
      g_value_set_int64 (gvalue, value->integer);
      break;
    case ZMQG_OPTION_UINT64:
      g_value_set_uint64 (gvalue, value->integer);
      break;
    case ZMQG_OPTION_BYTES:
      g_value_set_boxed (gvalue, value->bytes);
      break;
    case ZMQG_OPTION_STRING:
    default:
      g_value_set_string (gvalue, value->string);
      break;
    }
}

static gboolean
is_equal (const ZmqgOption      *option,
          const ZmqgOptionValue *a,
          const ZmqgOptionValue *b)
{
  if (option->kind == ZMQG_OPTION_STRING)
    return g_strcmp0 (a->string, b->string) == 0;
  if (option->kind == ZMQG_OPTION_BYTES)
    return a->bytes == b->bytes ||
           (a->bytes != NULL && b->bytes != NULL && g_bytes_equal (a->bytes, b->bytes));

  return a->integer == b->integer;
}

void
zmqg_options_get_property (ZmqgSocket *self,
                           guint       index,
                           GValue     *value)
{
  g_mutex_lock (&self->lock);
  write_gvalue (&zmqg_options[index], &self->options[index], value);
  g_mutex_unlock (&self->lock);
}

static int
set_option (ZmqgSocket    *self,
            int            option,
            gconstpointer  data,
            gsize          length)
{
  return ZMQG_RETRY (self->process, zmq_setsockopt (self->handle, option, data, length));
}

static int
tell_libzmq (ZmqgSocket            *self,
             const ZmqgOption      *option,
             const ZmqgOptionValue *value)
{
  int number = value->integer;
  gsize length = 0;
  gconstpointer data = NULL;

  switch (option->kind)
    {
    case ZMQG_OPTION_BOOLEAN:
    case ZMQG_OPTION_INT:
      return set_option (self, option->option, &number, sizeof number);
    case ZMQG_OPTION_INT64:
    case ZMQG_OPTION_UINT64:
      return set_option (self, option->option, &value->integer, sizeof (gint64));
    case ZMQG_OPTION_BYTES:
      if (value->bytes != NULL)
        data = g_bytes_get_data (value->bytes, &length);
      return set_option (self, option->option, data, length);
    case ZMQG_OPTION_STRING:
    default:
      if (value->string != NULL)
        length = strlen (value->string);
      return set_option (self, option->option, value->string, length);
    }
}

guint
zmqg_options_find (int number)
{
  guint index = 0;

  while (index < zmqg_n_options && zmqg_options[index].option != number)
    index++;

  return index;
}

static gboolean
refuse (ZmqgSocket        *self,
        const ZmqgOption  *option,
        int                code,
        const char        *reason,
        GError           **error)
{
  g_set_error (error, G_IO_ERROR, code, "Could not set '%s' of the %s socket: %s", option->name,
               zmqg_socket_get_type_name (self), reason);
  return FALSE;
}

static gboolean
check_value (ZmqgSocket             *self,
             const ZmqgOption       *option,
             const ZmqgOptionValue  *value,
             GError                **error)
{
  g_autofree char *reason = NULL;
  gsize length;

  if (option->types != 0 && (option->types & (1u << self->type)) == 0)
    return refuse (self, option, G_IO_ERROR_NOT_SUPPORTED, "this socket type does not have it",
                   error);
  if (option->kind == ZMQG_OPTION_BYTES)
    return TRUE;

  if (option->kind != ZMQG_OPTION_STRING)
    {
      if (value->integer >= option->minimum && value->integer <= option->maximum)
        return TRUE;
      reason = g_strdup_printf ("%" G_GINT64_FORMAT " is not from %" G_GINT64_FORMAT
                                " to %" G_GINT64_FORMAT, value->integer, option->minimum,
                                option->maximum);
      return refuse (self, option, G_IO_ERROR_INVALID_ARGUMENT, reason, error);
    }

  length = value->string != NULL ? strlen (value->string) : 0;
  if (length == 0 || (length >= (gsize) option->minimum && length <= (gsize) option->maximum))
    return TRUE;
  reason = g_strdup_printf ("%" G_GSIZE_FORMAT " bytes are not from %d to %d", length,
                            (int) option->minimum, (int) option->maximum);

  return refuse (self, option, G_IO_ERROR_INVALID_ARGUMENT, reason, error);
}

/* Copies @value. */
void
zmqg_options_store (ZmqgSocket            *self,
                    guint                  index,
                    const ZmqgOptionValue *value)
{
  const ZmqgOption *option = &zmqg_options[index];
  ZmqgOptionValue copy = *value;

  if (option->kind == ZMQG_OPTION_STRING)
    copy.string = g_strdup (value->string);
  else if (option->kind == ZMQG_OPTION_BYTES && value->bytes != NULL)
    copy.bytes = g_bytes_ref (value->bytes);

  g_mutex_lock (&self->lock);
  clear_value (option, &self->options[index]);
  self->options[index] = copy;
  g_mutex_unlock (&self->lock);
  g_object_notify (G_OBJECT (self), option->name);
}

static gboolean
is_set (const ZmqgOption      *option,
        const ZmqgOptionValue *value)
{
  if (option->kind == ZMQG_OPTION_STRING)
    return value->string != NULL && value->string[0] != '\0';
  if (option->kind == ZMQG_OPTION_BYTES)
    return value->bytes != NULL && g_bytes_get_size (value->bytes) > 0;

  return value->integer != 0;
}

/* By the holder of the main context */
gboolean
zmqg_options_set (ZmqgSocket             *self,
                  guint                   index,
                  const ZmqgOptionValue  *value,
                  GError                **error)
{
  const ZmqgOption *option = &zmqg_options[index];

  if (!check_value (self, option, value, error))
    return FALSE;
  if (!zmqg_options_check_mechanism (self, option->option, is_set (option, value), error))
    return FALSE;
  if ((option->flags & ZMQG_OPTION_GUARDED) != 0)
    {
      /* libzmq would take the mechanism away that the socket has as a client */
      if (value->integer == 0 && self->options[index].integer == 0)
        return TRUE;
      if (value->integer != 0 && !zmqg_options_guard (self, error))
        return FALSE;
    }

  if (tell_libzmq (self, option, value) != 0)
    {
      zmqg_set_error_from_errno (error, zmq_errno (), "Could not set '%s' of the %s socket",
                                 option->name, zmqg_socket_get_type_name (self));
      return FALSE;
    }
  if (option->option == ZMQ_ZAP_DOMAIN &&
      !zmqg_options_enforce_domain (self, is_set (option, value), error))
    return FALSE;
  if (!is_equal (option, &self->options[index], value))
    zmqg_options_store (self, index, value);
  if (option->option == ZMQ_LINGER)
    zmqg_socket_describe (self);

  return TRUE;
}

/* libzmq keeps the context's limit on messages and does not apply it (zmq.cpp). */
static gboolean
apply_context_default (ZmqgSocket  *self,
                       guint        index,
                       GError     **error)
{
  ZmqgOptionValue value = { 0 };

  if (zmqg_options[index].option == ZMQ_IPV6)
    value.integer = self->context->ipv6;
  else if (self->context->max_message_size < G_MAXINT)
    value.integer = self->context->max_message_size;
  else
    return TRUE;

  return zmqg_options_set (self, index, &value, error);
}

/* What was set in the constructor call, once the socket is there */
gboolean
zmqg_options_apply_all (ZmqgSocket  *self,
                        GError     **error)
{
  g_autofree ZmqgOptionValue *defaults = zmqg_options_new ();

  for (guint i = 0; i < zmqg_n_options; i++)
    {
      const ZmqgOption *option = &zmqg_options[i];
      gboolean is_default = is_equal (option, &self->options[i], &defaults[i]);

      if ((!is_default || (option->flags & ZMQG_OPTION_OWN_DEFAULT) != 0) &&
          !zmqg_options_set (self, i, &self->options[i], error))
        return FALSE;
      if (is_default && (option->flags & ZMQG_OPTION_CONTEXT_DEFAULT) != 0 &&
          !apply_context_default (self, i, error))
        return FALSE;
    }

  return TRUE;
}

void
zmqg_options_set_property (ZmqgSocket   *self,
                           guint         index,
                           const GValue *gvalue)
{
  const ZmqgOption *option = &zmqg_options[index];
  g_auto (ZmqgHold) hold = ZMQG_HOLD_INIT;
  ZmqgOptionValue value = { 0 };
  GError *error = NULL;

  read_gvalue (option, gvalue, &value);
  if (self->constructing)
    {
      clear_value (option, &self->options[index]);
      self->options[index] = value;
      return;
    }

  if (!zmqg_socket_hold (self, &hold, "change", NULL, &error))
    {
      g_critical ("%s", error->message);
      g_clear_error (&error);
    }
  else if (!is_equal (option, &self->options[index], &value))
    {
      if (!zmqg_options_set (self, index, &value, &error))
        zmqg_socket_add_notice (self, ZMQG_NOTICE_ERROR, NULL, error);
      zmqg_hub_touch (&self->member);
    }

  clear_value (option, &value);
}

/* (nullable): the connect-routing-id that the next connection gets */
const char *
zmqg_options_get_routing_id (ZmqgSocket *self)
{
  const char *id = self->options[zmqg_options_find (ZMQ_CONNECT_ROUTING_ID)].string;

  return id != NULL && id[0] != '\0' ? id : NULL;
}

void
zmqg_options_spend_routing_id (ZmqgSocket *self)
{
  const ZmqgOptionValue none = { .string = NULL };

  zmqg_options_store (self, zmqg_options_find (ZMQ_CONNECT_ROUTING_ID), &none);
}
