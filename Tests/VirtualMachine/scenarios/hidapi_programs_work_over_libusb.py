#!/usr/bin/env python3
"""Programs that use hidapi over libusb scan with it, in the vendor's way and in that of scripts."""

import hid

from laboratory.hidapi_program import scan_with

scan_with(hid, keeps_kernel_driver=False)
