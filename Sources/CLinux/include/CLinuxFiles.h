#pragma once

/// Gives two files or folders each other's name in one step; returns 0 or an errno.
///
/// renameat2 is a GNU extension that Glibc's Swift overlay hides.
int clinux_exchange_names(const char *first, const char *second);
