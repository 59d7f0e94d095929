#if __has_include(<umockdev.h>)
#include "usbip_client.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static void put32(guint8 *at, guint32 value) {
    value = GUINT32_TO_BE(value);
    memcpy(at, &value, 4);
}

static guint32 get32(const guint8 *at) {
    guint32 value;
    memcpy(&value, at, 4);
    return GUINT32_FROM_BE(value);
}

// A server that went away is noticed where replies are read, so errors are left to that.
static void send_all(int connection, const guint8 *bytes, gsize count) {
    while (count > 0) {
        ssize_t sent = send(connection, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes += sent;
        count -= (gsize)sent;
    }
}

static gboolean receive_all(int connection, guint8 *bytes, gsize count) {
    while (count > 0) {
        ssize_t received = recv(connection, bytes, count, 0);
        if (received <= 0) return FALSE;
        bytes += received;
        count -= (gsize)received;
    }
    return TRUE;
}

int usbip_import(const char *path, const char *bus_id, guint32 *device_id) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path || strlen(bus_id) > 31) return -1;
    strcpy(address.sun_path, path);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return -1;
    // A server that says nothing must not hold up the other scanners of the bus for ever.
    struct timeval limit = {.tv_sec = 2};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    guint8 request[40] = {0x01, 0x11, 0x80, 0x03};
    memcpy(request + 8, bus_id, strlen(bus_id));
    guint8 reply[8 + 312];
    if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0) {
        send_all(connection, request, sizeof request);
        if (receive_all(connection, reply, 8) && get32(reply + 4) == 0 &&
            receive_all(connection, reply + 8, 312)) {
            *device_id = get32(reply + 8 + 288) << 16 | (get32(reply + 8 + 292) & 0xffff);
            return connection;
        }
    }
    close(connection);
    return -1;
}

void usbip_submit(int connection, guint32 sequence, guint32 device_id, guint32 endpoint,
                  const guint8 *setup, const guint8 *data, guint32 length) {
    guint8 header[USBIP_HEADER_BYTES] = {0};
    put32(header, 1);
    put32(header + 4, sequence);
    put32(header + 8, device_id);
    put32(header + 12, data ? 0 : 1);
    put32(header + 16, endpoint);
    put32(header + 24, length);
    put32(header + 32, G_MAXUINT32);  // not isochronous
    put32(header + 36, 1);
    if (setup) memcpy(header + 40, setup, 8);
    send_all(connection, header, sizeof header);
    if (data) send_all(connection, data, length);
}

void usbip_unlink(int connection, guint32 sequence, guint32 device_id, guint32 victim) {
    guint8 header[USBIP_HEADER_BYTES] = {0};
    put32(header, 2);
    put32(header + 4, sequence);
    put32(header + 8, device_id);
    put32(header + 20, victim);
    send_all(connection, header, sizeof header);
}

UsbipReply usbip_parse_reply(const guint8 *bytes) {
    return (UsbipReply){.is_unlink = get32(bytes) == 4,
                        .sequence = get32(bytes + 4),
                        .status = (gint32)get32(bytes + 20),
                        .actual_length = (gint32)get32(bytes + 24)};
}

int usbip_read_descriptor(int connection, guint32 sequence, guint32 device_id, guint16 value,
                          guint8 *data, guint16 length) {
    guint8 setup[8] = {0x80, 6, value & 0xff, value >> 8, 0, 0, length & 0xff, length >> 8};
    guint8 header[USBIP_HEADER_BYTES];
    usbip_submit(connection, sequence, device_id, 0, setup, NULL, length);
    if (!receive_all(connection, header, sizeof header)) return -1;
    UsbipReply reply = usbip_parse_reply(header);
    if (reply.sequence != sequence || reply.status != 0) return -1;
    if (reply.actual_length < 0 || reply.actual_length > length) return -1;
    return receive_all(connection, data, (gsize)reply.actual_length) ? reply.actual_length : -1;
}
#endif
