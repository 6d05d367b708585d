#pragma once

// Open MPI is optional: CCommunication looks for <mpi.h> itself, and its library is named by pkg-config.
