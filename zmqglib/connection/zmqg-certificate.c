/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <zmqglib/base/zmqg-error-private.h>
#include <zmqglib/connection/zmqg-certificate-private.h>

#include <string.h>
#include <zmq.h>

/**
 * ZmqgCertificate:
 *
 * A CURVE key pair, or the public half of one, with metadata.
 *
 * ```c
 * g_autoptr (ZmqgCertificate) certificate = zmqg_certificate_new ();
 *
 * zmqg_certificate_set_metadata (certificate, "name", "the server");
 * zmqg_certificate_save_public (certificate, public_file, &error);
 * zmqg_certificate_save_secret (certificate, secret_file, &error);
 * zmqg_socket_set_curve_server (socket, certificate, &error);
 * ```
 *
 * # Files
 *
 * Certificates are text files that czmq and pyzmq read and write too: by custom `NAME.key` with
 * the public key and `NAME.key_secret` with both. [method@Certificate.save_public] and
 * [method@Certificate.save_secret] write them, [func@Certificate.load] reads either.
 *
 * # Secrets
 *
 * The secret key, and every buffer in which a file with one was read or written, is overwritten
 * with zeros before its memory is released. What libzmq and a language's own strings keep of it
 * is out of reach.
 *
 * # Threads
 *
 * A certificate may be used by several threads, unless one of them changes its metadata.
 *
 * Since: 1.0
 */

typedef enum
{
  PROP_PUBLIC_KEY = 1,
} ZmqgCertificateProperty;

static GParamSpec *properties[PROP_PUBLIC_KEY + 1];

static void zmqg_certificate_initable_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZmqgCertificate, zmqg_certificate, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      zmqg_certificate_initable_init))

gboolean
zmqg_certificate_check (ZmqgCertificate  *self,
                        const char       *operation,
                        GError          **error)
{
  if (self->error == NULL)
    return TRUE;

  g_set_error (error, self->error->domain, self->error->code, "Could not %s: %s", operation,
               self->error->message);
  return FALSE;
}

static void
generate (ZmqgCertificate *self)
{
  if (zmq_curve_keypair (self->public_key, self->secret_key) == 0)
    return;

  zmqg_set_error_from_errno (&self->error, zmq_errno (), "libzmq made no CURVE keys");
  self->public_key[0] = '\0';
}

static void
zmqg_certificate_constructed (GObject *object)
{
  ZmqgCertificate *self = ZMQG_CERTIFICATE (object);

  G_OBJECT_CLASS (zmqg_certificate_parent_class)->constructed (object);

  if (self->public_key[0] == '\0' && self->error == NULL)
    generate (self);
}

static void
set_public_key (ZmqgCertificate *self,
                const char      *public_key)
{
  if (public_key == NULL)
    return;
  if (zmqg_keys_check (public_key, NULL, G_IO_ERROR_INVALID_ARGUMENT, &self->error))
    memcpy (self->public_key, public_key, ZMQG_KEY_SIZE);
}

static void
zmqg_certificate_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch ((ZmqgCertificateProperty) prop_id)
    {
    case PROP_PUBLIC_KEY:
      g_value_set_string (value, zmqg_certificate_get_public_key (ZMQG_CERTIFICATE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zmqg_certificate_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch ((ZmqgCertificateProperty) prop_id)
    {
    case PROP_PUBLIC_KEY:
      set_public_key (ZMQG_CERTIFICATE (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static gboolean
zmqg_certificate_init_initable (GInitable     *initable,
                                GCancellable  *cancellable,
                                GError       **error)
{
  return zmqg_certificate_check (ZMQG_CERTIFICATE (initable), "make a certificate", error);
}

static void
zmqg_certificate_initable_init (GInitableIface *iface)
{
  iface->init = zmqg_certificate_init_initable;
}

static void
zmqg_certificate_finalize (GObject *object)
{
  ZmqgCertificate *self = ZMQG_CERTIFICATE (object);

  explicit_bzero (self->secret_key, sizeof self->secret_key);
  zmqg_metadata_clear (&self->metadata);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (zmqg_certificate_parent_class)->finalize (object);
}

static void
zmqg_certificate_class_init (ZmqgCertificateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = zmqg_certificate_constructed;
  object_class->get_property = zmqg_certificate_get_property;
  object_class->set_property = zmqg_certificate_set_property;
  object_class->finalize = zmqg_certificate_finalize;

  /**
   * ZmqgCertificate:public-key: (getter get_public_key)
   *
   * The public key, 40 characters of Z85.
   *
   * If it is given to the constructor, the certificate has this public key and no secret one;
   * otherwise a new key pair is generated.
   *
   * Since: 1.0
   */
  properties[PROP_PUBLIC_KEY] =
    g_param_spec_string ("public-key", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
zmqg_certificate_init (ZmqgCertificate *self)
{
  zmqg_metadata_init (&self->metadata);
}

/**
 * zmqg_certificate_new:
 *
 * Generates a CURVE key pair.
 *
 * Where libzmq was built without CURVE (see [func@has_capability]) the certificate has no keys:
 * `g_initable_init()` and the first call that needs them fail with `G_IO_ERROR_NOT_SUPPORTED`.
 *
 * Returns: (transfer full): a new certificate
 *
 * Since: 1.0
 */
ZmqgCertificate *
zmqg_certificate_new (void)
{
  return g_object_new (ZMQG_TYPE_CERTIFICATE, NULL);
}

/* The keys are known to be good. The secret does not travel in a GValue, which would leave a
 * copy of it behind. */
static ZmqgCertificate *
create (const char *public_key,
        const char *secret_key)
{
  ZmqgCertificate *self = g_object_new (ZMQG_TYPE_CERTIFICATE, "public-key", public_key, NULL);

  if (secret_key != NULL)
    memcpy (self->secret_key, secret_key, ZMQG_KEY_SIZE);

  return self;
}

/**
 * zmqg_certificate_new_from_keys:
 * @public_key: the public key, 40 characters of Z85
 * @secret_key: (nullable): the secret key, 40 characters of Z85, or `NULL` if it is not known
 * @error: return location for a [struct@GLib.Error]
 *
 * Makes a certificate of keys.
 *
 * Fails with `G_IO_ERROR_INVALID_ARGUMENT` if a key is malformed, or the public key is not the
 * one that belongs to the secret key.
 *
 * Returns: (transfer full): a new certificate
 *
 * Since: 1.0
 */
ZmqgCertificate *
zmqg_certificate_new_from_keys (const char  *public_key,
                                const char  *secret_key,
                                GError     **error)
{
  g_return_val_if_fail (public_key != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!zmqg_keys_check (public_key, secret_key, G_IO_ERROR_INVALID_ARGUMENT, error))
    {
      g_prefix_error (error, "Could not make a certificate: ");
      return NULL;
    }

  return create (public_key, secret_key);
}

/* Takes the metadata. */
ZmqgCertificate *
zmqg_certificate_new_from_file (ZmqgKeyFile *key_file)
{
  ZmqgCertificate *self = create (key_file->public_key,
                                  key_file->secret_key[0] != '\0' ? key_file->secret_key : NULL);

  zmqg_metadata_clear (&self->metadata);
  self->metadata = key_file->metadata;
  zmqg_metadata_init (&key_file->metadata);

  return self;
}

/**
 * zmqg_certificate_get_public_key: (get-property public-key)
 * @self: a certificate
 *
 * Gets the public key.
 *
 * Returns: (transfer none) (nullable): 40 characters of Z85, or `NULL` if the certificate could
 *   not be made
 *
 * Since: 1.0
 */
const char *
zmqg_certificate_get_public_key (ZmqgCertificate *self)
{
  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (self), NULL);

  return self->public_key[0] != '\0' ? self->public_key : NULL;
}

/**
 * zmqg_certificate_get_secret_key:
 * @self: a certificate
 *
 * Gets the secret key, for what has no other way to be given it.
 *
 * A copy that is made of it is not wiped from memory; languages other than C always make one.
 *
 * Returns: (transfer none) (nullable): 40 characters of Z85, or `NULL` if it is not known
 *
 * Since: 1.0
 */
const char *
zmqg_certificate_get_secret_key (ZmqgCertificate *self)
{
  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (self), NULL);

  return self->secret_key[0] != '\0' ? self->secret_key : NULL;
}

/**
 * zmqg_certificate_has_secret_key:
 * @self: a certificate
 *
 * Whether the secret key is known, so that a socket can show itself with this certificate.
 *
 * Returns: `TRUE` if the certificate holds both keys
 *
 * Since: 1.0
 */
gboolean
zmqg_certificate_has_secret_key (ZmqgCertificate *self)
{
  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (self), FALSE);

  return self->secret_key[0] != '\0';
}

/**
 * zmqg_certificate_set_metadata:
 * @self: a certificate
 * @name: a name, such as `email`
 * @value: (nullable): its value, or `NULL` to remove it
 *
 * Sets an entry of the metadata, which is saved along with the keys and trusted as far as the
 * file is.
 *
 * A file can hold names of letters, digits and `$-_@.&+/` with no `/` at either end, and values
 * of one line with not more than one kind of quotation marks; saving anything else fails.
 *
 * Since: 1.0
 */
void
zmqg_certificate_set_metadata (ZmqgCertificate *self,
                               const char      *name,
                               const char      *value)
{
  g_return_if_fail (ZMQG_IS_CERTIFICATE (self));
  g_return_if_fail (name != NULL);

  zmqg_metadata_set (&self->metadata, name, value);
}

/**
 * zmqg_certificate_get_metadata:
 * @self: a certificate
 * @name: a name
 *
 * Gets an entry of the metadata.
 *
 * Returns: (transfer none) (nullable): its value, or `NULL` if there is none
 *
 * Since: 1.0
 */
const char *
zmqg_certificate_get_metadata (ZmqgCertificate *self,
                               const char      *name)
{
  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return zmqg_metadata_get (&self->metadata, name);
}

/**
 * zmqg_certificate_list_metadata:
 * @self: a certificate
 *
 * Lists the names of the metadata, in the order in which they were set or stand in the file.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 *
 * Since: 1.0
 */
char **
zmqg_certificate_list_metadata (ZmqgCertificate *self)
{
  GPtrArray *strings;
  char **names;

  g_return_val_if_fail (ZMQG_IS_CERTIFICATE (self), NULL);

  strings = self->metadata.strings;
  names = g_new0 (char *, strings->len / 2 + 1);
  for (guint i = 0; i < strings->len; i += 2)
    names[i / 2] = g_strdup (strings->pdata[i]);

  return names;
}
