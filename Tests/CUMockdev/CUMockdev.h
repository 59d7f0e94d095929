#pragma once
// pkg-config gives the folder of umockdev.h; nothing is added to it here.
#include <umockdev.h>
