#include "Int8Kernels.h"
