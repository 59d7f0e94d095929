#pragma once
// pkg-config gives the folder of sqlite3.h; nothing is added to it here.
#include <sqlite3.h>
