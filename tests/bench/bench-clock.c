/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define _GNU_SOURCE
#include "bench.h"

#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MAX_RETRIES_OF_A_SAMPLE 3
#define MAX_RETRIES_OF_A_PROGRAM 40
#define FOREIGN_SHARE 0.12
#define FOREIGN_MINIMUM_NS (30 * G_GINT64_CONSTANT (1000000))
#define MAX_WAIT_NS 1500000
#define PAUSE_US 200000

typedef struct
{
  gint64 wall;
  gint64 machine;
  gint64 own;
  gint64 waited;
} CpuUse;

static gboolean claims_cpu;

static gint64
clock_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

gint64
bench_wall_ns (void)
{
  return clock_ns (CLOCK_MONOTONIC);
}

gint64
bench_thread_ns (void)
{
  return clock_ns (CLOCK_THREAD_CPUTIME_ID);
}

void
bench_busy_wait (gint64 ns)
{
  gint64 end;

  if (ns == 0)
    return;
  end = bench_wall_ns () + ns;
  while (bench_wall_ns () < end)
    ;
}

/* Threads made later inherit it, libzmq's among them. */
void
bench_pin (int cpu)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (cpu % (int) g_get_num_processors (), &set);
  if (sched_setaffinity (0, sizeof set, &set) != 0)
    g_printerr ("Could not pin the thread; figures will be noisier\n");
}

/* For a thread with which no other one of the program shares the core: when it has to wait for the
 * core, somebody else is at work there, however short. */
void
bench_claim_cpu (int cpu)
{
  bench_pin (cpu);
  claims_cpu = TRUE;
}

void
bench_unpin (void)
{
  cpu_set_t set;
  long n_cpus = sysconf (_SC_NPROCESSORS_CONF);

  CPU_ZERO (&set);
  for (long i = 0; i < n_cpus; i++)
    CPU_SET ((int) i, &set);
  sched_setaffinity (0, sizeof set, &set);
}

void
bench_allow_files (guint n_files)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= n_files)
    return;
  limit.rlim_cur = MIN ((rlim_t) n_files, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit);
}

static gint64
timeval_ns (struct timeval time)
{
  return time.tv_sec * G_GINT64_CONSTANT (1000000000) + time.tv_usec * G_GINT64_CONSTANT (1000);
}

static gint64
rusage_ns (int who)
{
  struct rusage usage;

  getrusage (who, &usage);
  return timeval_ns (usage.ru_utime) + timeval_ns (usage.ru_stime);
}

/* Time the virtual machine's host kept from us counts as foreign load, too. */
static gint64
machine_busy_ns (void)
{
  guint64 user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0;
  FILE *file = fopen ("/proc/stat", "re");
  int n = 0;

  if (file == NULL)
    return 0;
  n = fscanf (file, "cpu %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
              &user, &nice, &system, &idle, &wait, &irq, &softirq, &steal);
  fclose (file);
  if (n != 8)
    return 0;
  user += nice + system + steal;
  return (gint64) (user * (1000000000u / (guint64) sysconf (_SC_CLK_TCK)));
}

/* How long the thread could have run and did not */
static gint64
thread_waited_ns (void)
{
  guint64 ran = 0, waited = 0;
  FILE *file = fopen ("/proc/thread-self/schedstat", "re");

  if (file == NULL)
    return 0;
  if (fscanf (file, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &ran, &waited) != 2)
    waited = 0;
  fclose (file);
  return (gint64) waited;
}

static CpuUse
cpu_use_now (void)
{
  CpuUse use;

  use.wall = bench_wall_ns ();
  use.machine = machine_busy_ns ();
  use.own = rusage_ns (RUSAGE_SELF) + rusage_ns (RUSAGE_CHILDREN);
  use.waited = claims_cpu ? thread_waited_ns () : 0;
  return use;
}

static gboolean
was_disturbed (const CpuUse *before,
               const CpuUse *after)
{
  gint64 foreign = (after->machine - before->machine) - (after->own - before->own);

  if (after->waited - before->waited > MAX_WAIT_NS)
    return TRUE;
  return foreign > FOREIGN_MINIMUM_NS
         && (double) foreign > FOREIGN_SHARE * (double) (after->wall - before->wall);
}

/* A sample during which somebody else used the machine is taken again; one that never stays alone
 * is used and counted. Retries are few in all: a busy machine must not make the run endless. */
BenchFigure
bench_measure (BenchSample    sample,
               gconstpointer  data,
               guint         *disturbed)
{
  static guint retries_left = MAX_RETRIES_OF_A_PROGRAM;

  for (guint attempt = 0; ; attempt++)
    {
      CpuUse before = cpu_use_now ();
      BenchFigure figure = sample (data);
      CpuUse after = cpu_use_now ();

      if (!was_disturbed (&before, &after))
        return figure;
      if (attempt == MAX_RETRIES_OF_A_SAMPLE || retries_left == 0)
        {
          if (disturbed != NULL)
            *disturbed += 1;
          return figure;
        }
      retries_left--;
      g_usleep (PAUSE_US);
    }
}
