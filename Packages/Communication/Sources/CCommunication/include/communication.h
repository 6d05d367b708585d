#pragma once

#include <stdint.h>

/// Processes that Open MPI started together. All functions but `comm_is_built` and `comm_start` want a started group; those
/// that return a status return 0, or MPI's own code. Waiting does not spin: a process that waits sleeps.

/// Whether this was built with Open MPI.
int comm_is_built(void);

/// Joins the processes that were started together, and says which of how many this one is.
int comm_start(int *rank, int *count);

/// Adds values of all processes up, in place. The sum is taken in the same order each time.
int comm_sum_floats(float *values, int64_t count);

/// The same from another thread, while this one sums and gathers other values: the two do not meet.
int comm_sum_floats_beside(float *values, int64_t count);

/// Adds values of all processes up, in place.
int comm_sum_doubles(double *values, int64_t count);

/// Puts the bytes of all processes, equally many each, one behind the other.
int comm_gather(const void *own, void *all, int64_t byte_count);

/// Waits until all processes have come here.
int comm_wait_for_all(void);

/// Ends all processes with a code.
void comm_abort(int code);

/// Leaves the group; nothing else may follow.
int comm_finish(void);
