#pragma once
// A scanner on the mocked bus: its transfers go to a USB/IP server, its faults are made here.
#include <glib.h>
#include <umockdev.h>

typedef struct Plugging Plugging;

/// One scanner, plugged in or not.
///
/// What goes wrong is fixed before the command starts; `plugging` belongs to the main thread.
typedef struct {
    char *socket_path, *bus_id;
    /// It is plugged into port `port` of bus 1.
    int port;
    // What goes wrong; a number of an IN transfer counts from 1 over all pluggings, 0 is never.
    int plug_after_ms, unplug_after_ms, replug_after_ms;
    int unplug_at_in, stall_at_in, stall_at_out, silent_from_in, empty_at_in, short_at_in;
    gboolean is_deaf, is_busy, is_forbidden, keeps_discarded;
    /// How many transfers there were; guarded by the lock of the current plugging.
    int in_count, out_count;
    UMockdevTestbed *bed;
    /// NULL while it is not plugged in.
    Plugging *plugging;
} Scanner;

/// Plugs the scanner in when its server lets it be imported; else tries again until it does.
///
/// Nothing happens when it is plugged in. Takes a `Scanner *`; a source that runs once.
gboolean scanner_plug(gpointer scanner);

/// Takes the scanner off the bus: transfers end, the server sees a closed connection.
void scanner_unplug(Scanner *scanner);

/// Unplugs a `Scanner *`, which comes back later if its faults say so; a source that runs once.
gboolean scanner_pull(gpointer scanner);
