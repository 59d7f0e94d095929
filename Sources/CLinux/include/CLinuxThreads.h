#pragma once

/// Names the calling thread, at most 15 bytes, for ps, top and gdb; returns 0 or an errno.
///
/// pthread_setname_np is a GNU extension that Glibc's Swift overlay hides.
int clinux_set_thread_name(const char *name);
