#!/usr/bin/env python3
"""Programs that use hidapi over hidraw scan with it, in the vendor's way and in that of scripts."""

import hidraw

from laboratory.hidapi_program import scan_with

scan_with(hidraw, keeps_kernel_driver=True)
