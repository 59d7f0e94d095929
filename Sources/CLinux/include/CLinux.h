#pragma once
// What Glibc's Swift overlay cannot reach: GNU extensions and headers it does not import.
#include "CLinuxFiles.h"
#include "CLinuxThreads.h"
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
