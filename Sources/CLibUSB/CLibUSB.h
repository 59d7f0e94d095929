#pragma once
// pkg-config gives the folder of libusb.h; nothing is added to it here.
#include <libusb.h>
