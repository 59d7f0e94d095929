#pragma once
// One plugging of a scanner: its open node, its transfers, its connection to the server.
#include <glib.h>
#include <umockdev.h>

#include "scanner.h"

struct Plugging {
    Scanner *scanner;
    int device_number;
    char *node, *sysfs;
    UMockdevIoctlBase *ioctls;
    guint server_source;
    // The rest is shared by the main thread, which reads the server's replies, and the testbed's,
    // which answers ioctls.
    GMutex lock;
    int connection;
    guint32 device_id, last_sequence;
    GByteArray *received;
    /// Transfers that were not reaped, oldest first.
    GList *urbs;
    /// The mock's end of the node; `is_ringing` while it has room, that is, polls as writable.
    int doorbell;
    gboolean is_ringing, is_gone, is_in_halted, is_out_halted, is_driver_detached;
};

/// Makes a plugging of a device that was imported over `connection`, which it owns.
Plugging *plugging_new(Scanner *scanner, int connection, guint32 device_id);

/// Takes what the server sent.
void plugging_received(Plugging *plugging, const guint8 *bytes, gsize count);

/// Makes the node poll as if no transfer had ended.
void plugging_hush(Plugging *plugging);

/// Ends all transfers, as when the plug is pulled; every later ioctl fails.
void plugging_end(Plugging *plugging);
