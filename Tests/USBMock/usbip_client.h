#pragma once
// The client's side of USB/IP 1.1.1 over a Unix socket, as far as the mocked bus needs it.
//
// See "USB/IP protocol" in the kernel's documentation; all numbers are big-endian.
#include <glib.h>

enum { USBIP_HEADER_BYTES = 48 };

/// One reply's header.
typedef struct {
    gboolean is_unlink;
    guint32 sequence;
    gint32 status;
    gint32 actual_length;
} UsbipReply;

/// Connects to the server at a socket path and imports a bus id.
///
/// Returns the connected socket and fills in what transfers name the device by; -1 when nobody
/// listens there or the bus id is refused.
int usbip_import(const char *path, const char *bus_id, guint32 *device_id);

/// Sends a transfer; `setup` has eight bytes for a control transfer and is NULL for others, `data`
/// has `length` bytes for an OUT transfer and is NULL for an IN one.
void usbip_submit(int connection, guint32 sequence, guint32 device_id, guint32 endpoint,
                  const guint8 *setup, const guint8 *data, guint32 length);

/// Asks the server to give up the transfer `victim`.
void usbip_unlink(int connection, guint32 sequence, guint32 device_id, guint32 victim);

/// Reads a reply's header from its 48 bytes.
UsbipReply usbip_parse_reply(const guint8 *bytes);

/// Reads a descriptor by a control transfer and waits for it; returns its length, -1 on failure.
///
/// Only before anything else is under way on the connection.
int usbip_read_descriptor(int connection, guint32 sequence, guint32 device_id, guint16 value,
                          guint8 *data, guint16 length);
