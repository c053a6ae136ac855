/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

static void
pin (int cpu)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (cpu, &set);
  if (cpu >= 0 && sched_setaffinity (0, sizeof set, &set) != 0)
    fputs ("Could not pin the sender; figures will be noisier\n", stderr);
}

/* The other application of a tcp or ipc measurement: raw libzmq, as fast as the receiver takes. It
 * stays until its standard input ends, because a receiver whose pipe is full loses what is still in
 * the kernel when an ipc peer hangs up. */
int
main (int   argc,
      char *argv[])
{
  void *context, *push;
  size_t size;
  long count;
  char *block;

  if (argc != 5)
    {
      fputs ("usage: bench-sender ENDPOINT SIZE COUNT CPU\n", stderr);
      return 2;
    }
  size = (size_t) strtoul (argv[2], NULL, 10);
  count = strtol (argv[3], NULL, 10);
  pin (atoi (argv[4]));
  block = calloc (1, size);
  context = zmq_ctx_new ();
  push = zmq_socket (context, ZMQ_PUSH);
  if (block == NULL || push == NULL || zmq_connect (push, argv[1]) != 0)
    return 1;

  for (long i = 0; i < count; i++)
    if (zmq_send (push, block, size, 0) < 0)
      return 1;
  while (getchar () != EOF)
    ;
  zmq_close (push);
  zmq_ctx_term (context);
  free (block);
  return 0;
}
