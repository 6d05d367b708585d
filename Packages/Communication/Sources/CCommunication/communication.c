#include "communication.h"

#if __has_include(<mpi.h>)

#include <mpi.h>
#include <pthread.h>
#include <time.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

// Counts of MPI are int; longer values go in parts of this many elements.
#define PART_LIMIT ((int64_t)1 << 26)

// Nanoseconds between two looks at whether others have come.
#define SHORT_PAUSE 2000
#define LONG_PAUSE 200000

// Sums beside go through a communicator of their own, so that the order of the two threads does not matter. One thread at a
// time is inside MPI.
static MPI_Comm beside;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

int comm_is_built(void) { return 1; }

int comm_start(int *rank, int *count) {
    int provided;
    int status = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    if (status != MPI_SUCCESS) return status;
    if (provided < MPI_THREAD_SERIALIZED) return MPI_ERR_OTHER;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    status = MPI_Comm_dup(MPI_COMM_WORLD, &beside);
    if (status == MPI_SUCCESS) status = MPI_Comm_rank(MPI_COMM_WORLD, rank);
    return status != MPI_SUCCESS ? status : MPI_Comm_size(MPI_COMM_WORLD, count);
}

// MPI's own waiting spins, which takes the processor from the processes that are waited for where they are more than cores.
static int finish(int status, MPI_Request *request, long longest_pause) {
    pthread_mutex_unlock(&turn);
    if (status != MPI_SUCCESS) return status;
#if defined(__linux__)
    prctl(PR_SET_TIMERSLACK, 1000);  // else Linux adds 50 microseconds to each pause
#endif
    for (int attempt = 0;; attempt++) {
        int is_done = 0;
        pthread_mutex_lock(&turn);
        status = MPI_Test(request, &is_done, MPI_STATUS_IGNORE);
        pthread_mutex_unlock(&turn);
        if (status != MPI_SUCCESS || is_done) return status;
        if (attempt < 20) continue;
        struct timespec pause = {0, attempt < 200 ? SHORT_PAUSE : longest_pause};
        nanosleep(&pause, NULL);
    }
}

// Waits until all processes have come here, which may take long.
static int meet(MPI_Comm processes) {
    MPI_Request request;
    pthread_mutex_lock(&turn);
    return finish(MPI_Ibarrier(processes, &request), &request, LONG_PAUSE);
}

// Moves data among processes that have met: with short pauses, because a message goes on piece by piece, each time MPI is
// called.
static int move(int status, MPI_Request *request) { return finish(status, request, SHORT_PAUSE); }

static int sum(void *values, int64_t count, int64_t width, MPI_Datatype type, MPI_Comm processes) {
    int status = meet(processes);
    if (status != MPI_SUCCESS) return status;
    for (int64_t start = 0; start < count; start += PART_LIMIT) {
        int64_t part = count - start < PART_LIMIT ? count - start : PART_LIMIT;
        MPI_Request request;
        pthread_mutex_lock(&turn);
        status = MPI_Iallreduce(
            MPI_IN_PLACE, (char *)values + start * width, (int)part, type, MPI_SUM, processes, &request);
        status = move(status, &request);
        if (status != MPI_SUCCESS) return status;
    }
    return MPI_SUCCESS;
}

int comm_sum_floats(float *values, int64_t count) {
    return sum(values, count, sizeof(float), MPI_FLOAT, MPI_COMM_WORLD);
}

int comm_sum_floats_beside(float *values, int64_t count) {
    return sum(values, count, sizeof(float), MPI_FLOAT, beside);
}

int comm_sum_doubles(double *values, int64_t count) {
    return sum(values, count, sizeof(double), MPI_DOUBLE, MPI_COMM_WORLD);
}

int comm_gather(const void *own, void *all, int64_t byte_count) {
    if (byte_count > PART_LIMIT * 16) return MPI_ERR_COUNT;
    int status = meet(MPI_COMM_WORLD);
    if (status != MPI_SUCCESS) return status;
    MPI_Request request;
    pthread_mutex_lock(&turn);
    status =
        MPI_Iallgather(own, (int)byte_count, MPI_BYTE, all, (int)byte_count, MPI_BYTE, MPI_COMM_WORLD, &request);
    return move(status, &request);
}

int comm_wait_for_all(void) { return meet(MPI_COMM_WORLD); }

void comm_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

int comm_finish(void) { return MPI_Finalize(); }

#else

int comm_is_built(void) { return 0; }
int comm_start(int *rank, int *count) { (void)rank; (void)count; return 1; }
int comm_sum_floats(float *values, int64_t count) { (void)values; (void)count; return 1; }
int comm_sum_floats_beside(float *values, int64_t count) { (void)values; (void)count; return 1; }
int comm_sum_doubles(double *values, int64_t count) { (void)values; (void)count; return 1; }
int comm_gather(const void *own, void *all, int64_t byte_count) { (void)own; (void)all; (void)byte_count; return 1; }
int comm_wait_for_all(void) { return 1; }
void comm_abort(int code) { (void)code; }
int comm_finish(void) { return 1; }

#endif
