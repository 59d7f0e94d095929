#pragma once
// pkg-config gives the folder of these; nothing is added to them here.
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
