// A pool of threads that stay awake for a short while after a region, because a training step is a chain of
// regions of some 20 to 1000 microseconds and waking a sleeping thread costs tens of microseconds.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "parallel.h"

#include <cblas.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/// The state of the region in one word: its number in the upper half, whether it may be entered, and how many
/// workers are inside. A worker that comes late finds it closed; nobody waits for a worker that never entered.
enum { GATE_OPEN = 1 << 30, GATE_INSIDE = GATE_OPEN - 1 };
static _Atomic uint64_t gate;

static tk_tile region_body;
static void *region_context;
static int64_t region_tiles;
static _Atomic int64_t next_tile;

/// Held by the thread that runs a region or changes the pool.
static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t started = PTHREAD_ONCE_INIT;
static pthread_t *workers;
static int32_t worker_count;
static atomic_int thread_count;
static atomic_bool stopping;
static bool may_spin;

static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static atomic_int sleepers;

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int32_t processor_count(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int32_t)online : 1;
}

static void run_tiles(void) {
    for (;;) {
        int64_t tile = atomic_fetch_add_explicit(&next_tile, 1, memory_order_relaxed);
        if (tile >= region_tiles) return;
        region_body(region_context, tile);
    }
}

/// Whether the gate shows an open region other than the last one this worker saw.
static bool is_news(uint64_t state, uint64_t seen) { return (state & GATE_OPEN) != 0 && state >> 32 != seen; }

static void help(uint64_t *seen) {
    uint64_t state = atomic_load(&gate);
    while (is_news(state, *seen)) {
        if (!atomic_compare_exchange_weak(&gate, &state, state + 1)) continue;
        *seen = state >> 32;
        run_tiles();
        atomic_fetch_sub(&gate, 1);
        return;
    }
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// Waits for news, first awake, then asleep.
static void await_region(uint64_t seen) {
    enum { SPIN_NANOSECONDS = 100000, SPINS_PER_LOOK = 64 };
    if (may_spin) {
        int64_t end = nanoseconds() + SPIN_NANOSECONDS;
        do {
            for (int i = 0; i < SPINS_PER_LOOK; i++) {
                if (is_news(atomic_load_explicit(&gate, memory_order_acquire), seen)) return;
                relax();
            }
        } while (nanoseconds() < end);
    }
    pthread_mutex_lock(&sleep_lock);
    atomic_fetch_add(&sleepers, 1);
    while (!atomic_load(&stopping) && !is_news(atomic_load(&gate), seen)) pthread_cond_wait(&wake, &sleep_lock);
    atomic_fetch_sub(&sleepers, 1);
    pthread_mutex_unlock(&sleep_lock);
}

static void *work(void *unused) {
    (void)unused;
    uint64_t seen = 0;
    while (!atomic_load_explicit(&stopping, memory_order_relaxed)) {
        await_region(seen);
        help(&seen);
    }
    return NULL;
}

static void wake_sleepers(void) {
    pthread_mutex_lock(&sleep_lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&sleep_lock);
}

static void stop_workers(void) {
    atomic_store(&stopping, true);
    wake_sleepers();
    for (int32_t i = 0; i < worker_count; i++) pthread_join(workers[i], NULL);
    free(workers);
    workers = NULL;
    worker_count = 0;
    atomic_store(&stopping, false);
}

static void start_workers(int32_t count) {
    may_spin = count <= processor_count();
    workers = malloc(sizeof(pthread_t) * (size_t)(count > 1 ? count - 1 : 1));
    // A thread that cannot be had is done without: the tiles go to those that run.
    while (workers != NULL && worker_count < count - 1) {
        if (pthread_create(&workers[worker_count], NULL, work, NULL) != 0) break;
        worker_count++;
    }
    atomic_store(&thread_count, count);
}

static void start(void) {
    // OpenBLAS's own threads would spin beside these and slow both down several times.
    openblas_set_num_threads(1);
    const char *wanted = getenv("OMP_NUM_THREADS");
    int count = wanted != NULL ? atoi(wanted) : 0;
    start_workers(count > 0 ? count : processor_count());
}

static void run_region(int64_t tiles, tk_tile body, void *context) {
    region_body = body;
    region_context = context;
    region_tiles = tiles;
    atomic_store_explicit(&next_tile, 0, memory_order_relaxed);
    uint64_t number = (atomic_load_explicit(&gate, memory_order_relaxed) >> 32) + 1;
    atomic_store(&gate, number << 32 | GATE_OPEN);
    if (atomic_load(&sleepers) > 0) wake_sleepers();
    run_tiles();
    atomic_fetch_and(&gate, ~(uint64_t)GATE_OPEN);
    for (int spins = 0; (atomic_load(&gate) & GATE_INSIDE) != 0; spins++) {
        if (may_spin && spins < 20000) {
            relax();
        } else {
            sched_yield();
        }
    }
}

void tk_parallel(int64_t tiles, tk_tile body, void *context) {
    pthread_once(&started, start);
    // The lock is not recursive: a call from inside a tile finds it taken, like a call from another thread.
    if (tiles > 1 && pthread_mutex_trylock(&busy) == 0) {
        if (worker_count > 0) {
            run_region(tiles, body, context);
            pthread_mutex_unlock(&busy);
            return;
        }
        pthread_mutex_unlock(&busy);
    }
    for (int64_t tile = 0; tile < tiles; tile++) body(context, tile);
}

void tk_set_thread_count(int32_t count) {
    pthread_once(&started, start);
    pthread_mutex_lock(&busy);
    stop_workers();
    start_workers(count > 1 ? count : 1);
    pthread_mutex_unlock(&busy);
}

int32_t tk_thread_count(void) {
    pthread_once(&started, start);
    return atomic_load(&thread_count);
}
