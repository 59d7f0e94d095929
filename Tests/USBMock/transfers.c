#if __has_include(<umockdev.h>)
#include "transfers.h"

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usbip_client.h"

enum { SETUP_BYTES = 8, FIRST_SEQUENCE = 16 };

typedef struct {
    /// The structure and its buffer in the program's memory.
    UMockdevIoctlData *urb, *buffer;
    /// Its request on the connection, 0 when it was not sent on; and that to give it up.
    guint32 sequence, unlink_sequence;
    gboolean is_finished, is_in;
    int status, length;
    guint8 *data;
} Urb;

static struct usbdevfs_urb *kernel_urb(Urb *urb) { return (struct usbdevfs_urb *)urb->urb->data; }

static void ring(Plugging *plugging) {
    char byte;
    if (!plugging->is_ringing && read(plugging->doorbell, &byte, 1) == 1)
        plugging->is_ringing = TRUE;
}

void plugging_hush(Plugging *plugging) {
    if (plugging->is_ringing && write(plugging->doorbell, "", 1) == 1)
        plugging->is_ringing = FALSE;
}

// Notes how a transfer ended. Its memory is written when the program reaps it, during an ioctl.
static void finish(Plugging *plugging, Urb *urb, int status, const guint8 *data, int length) {
    urb->is_finished = TRUE;
    urb->status = status;
    urb->length = length;
    if (data && length > 0) urb->data = g_memdup2(data, (gsize)length);
    ring(plugging);
}

static void free_urb(Urb *urb) {
    umockdev_ioctl_data_unref(urb->buffer);
    umockdev_ioctl_data_unref(urb->urb);
    g_free(urb->data);
    g_free(urb);
}

// Faults

// Ends or keeps an IN transfer as the scanner's faults want it; false when it is to be sent on.
static gboolean spoil_in(Plugging *plugging, Urb *urb) {
    Scanner *scanner = plugging->scanner;
    int number = ++scanner->in_count;
    if (number == scanner->unplug_at_in) g_idle_add(scanner_pull, scanner);
    if (number == scanner->stall_at_in) plugging->is_in_halted = TRUE;
    if (plugging->is_in_halted) {
        finish(plugging, urb, -EPIPE, NULL, 0);
    } else if (number == scanner->empty_at_in) {
        finish(plugging, urb, 0, NULL, 0);
    } else if (number == scanner->short_at_in) {
        finish(plugging, urb, 0, (const guint8 *)"\xC0\x01short", 7);
    } else {
        return scanner->silent_from_in > 0 && number >= scanner->silent_from_in;
    }
    return TRUE;
}

static gboolean spoil_out(Plugging *plugging, Urb *urb) {
    int number = ++plugging->scanner->out_count;
    if (number == plugging->scanner->stall_at_out) plugging->is_out_halted = TRUE;
    if (plugging->is_out_halted) finish(plugging, urb, -EPIPE, NULL, 0);
    return plugging->is_out_halted || plugging->scanner->is_deaf;
}

// Ioctls; each returns what the program gets, a negative errno for a failure

static void send_on(Plugging *plugging, Urb *urb) {
    struct usbdevfs_urb *kernel = kernel_urb(urb);
    const guint8 *setup = NULL;
    const guint8 *data = urb->buffer->data;
    guint32 length = (guint32)kernel->buffer_length;
    if (kernel->type == USBDEVFS_URB_TYPE_CONTROL) {
        setup = data;
        data += SETUP_BYTES;
        length -= SETUP_BYTES;
    }
    urb->sequence = ++plugging->last_sequence;
    usbip_submit(plugging->connection, urb->sequence, plugging->device_id,
                 kernel->endpoint & 0x0f, setup, urb->is_in ? NULL : data, length);
}

static int submit(Plugging *plugging, UMockdevIoctlData *argument) {
    Urb *urb = g_new0(Urb, 1);
    urb->urb = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
    struct usbdevfs_urb *kernel = kernel_urb(urb);
    urb->buffer = umockdev_ioctl_data_resolve(
        urb->urb, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer), (gsize)kernel->buffer_length, NULL);
    plugging->urbs = g_list_append(plugging->urbs, urb);
    gboolean is_control = kernel->type == USBDEVFS_URB_TYPE_CONTROL;
    urb->is_in = (is_control ? urb->buffer->data[0] : kernel->endpoint) & 0x80;
    gboolean is_spoilt = !is_control && (urb->is_in ? spoil_in : spoil_out)(plugging, urb);
    if (!is_spoilt) send_on(plugging, urb);
    return 0;
}

static int discard(Plugging *plugging, gulong address) {
    for (GList *link = plugging->urbs; link; link = link->next) {
        Urb *urb = link->data;
        if (urb->is_finished || urb->urb->client_addr != address) continue;
        if (plugging->scanner->keeps_discarded) return 0;
        if (urb->sequence == 0) {
            finish(plugging, urb, -ENOENT, NULL, 0);
        } else {
            urb->unlink_sequence = ++plugging->last_sequence;
            usbip_unlink(plugging->connection, urb->unlink_sequence, plugging->device_id,
                         urb->sequence);
        }
        return 0;
    }
    return -EINVAL;
}

static int reap(Plugging *plugging, UMockdevIoctlData *argument) {
    for (GList *link = plugging->urbs; link; link = link->next) {
        Urb *urb = link->data;
        if (!urb->is_finished) continue;
        struct usbdevfs_urb *kernel = kernel_urb(urb);
        int offset = kernel->type == USBDEVFS_URB_TYPE_CONTROL ? SETUP_BYTES : 0;
        int length = MIN(urb->length, kernel->buffer_length - offset);
        if (urb->data) umockdev_ioctl_data_update(urb->buffer, (gsize)offset, urb->data, length);
        kernel->actual_length = length;
        kernel->status = urb->status;
        UMockdevIoctlData *slot = umockdev_ioctl_data_resolve(argument, 0, sizeof(gpointer), NULL);
        umockdev_ioctl_data_set_ptr(slot, 0, urb->urb);
        umockdev_ioctl_data_unref(slot);
        plugging->urbs = g_list_delete_link(plugging->urbs, link);
        free_urb(urb);
        return 0;
    }
    plugging_hush(plugging);
    return plugging->is_gone ? -ENODEV : -EAGAIN;
}

static int store(UMockdevIoctlData *argument, const void *bytes, gsize count) {
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, count, NULL);
    umockdev_ioctl_data_update(data, 0, (guint8 *)bytes, (gssize)count);
    umockdev_ioctl_data_unref(data);
    return 0;
}

static int driver_name(Plugging *plugging, UMockdevIoctlData *argument) {
    struct usbdevfs_getdriver answer = {.interface = 0, .driver = "usbhid"};
    if (plugging->is_driver_detached) return -ENODATA;
    return store(argument, &answer, sizeof answer);
}

// Detaches the kernel's driver or gives it back.
static int driver_request(Plugging *plugging, UMockdevIoctlData *argument) {
    UMockdevIoctlData *data =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_ioctl), NULL);
    int code = ((struct usbdevfs_ioctl *)data->data)->ioctl_code;
    umockdev_ioctl_data_unref(data);
    plugging->is_driver_detached = code == (int)USBDEVFS_DISCONNECT;
    // CONNECT returns the number of drivers that took the interface.
    return plugging->is_driver_detached ? 0 : 1;
}

static int clear_halt(Plugging *plugging, UMockdevIoctlData *argument) {
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, sizeof(int), NULL);
    guint8 endpoint = *(int *)data->data & 0xff;
    umockdev_ioctl_data_unref(data);
    *(endpoint & 0x80 ? &plugging->is_in_halted : &plugging->is_out_halted) = FALSE;
    // CLEAR_FEATURE, as the kernel would send it. No transfer of the program's waits for the reply.
    const guint8 setup[SETUP_BYTES] = {0x02, 1, 0, 0, endpoint};
    usbip_submit(plugging->connection, ++plugging->last_sequence, plugging->device_id, 0, setup,
                 setup, 0);
    return 0;
}

static int answer(Plugging *plugging, gulong request, UMockdevIoctlData *argument) {
    const guint32 capabilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                                 USBDEVFS_CAP_NO_PACKET_SIZE_LIM |
                                 USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
    if (request == USBDEVFS_REAPURBNDELAY) return reap(plugging, argument);
    if (plugging->is_gone) return -ENODEV;
    switch (request) {
    case USBDEVFS_GET_CAPABILITIES: return store(argument, &capabilities, sizeof capabilities);
    case USBDEVFS_GETDRIVER: return driver_name(plugging, argument);
    case USBDEVFS_IOCTL: return driver_request(plugging, argument);
    case USBDEVFS_DISCONNECT_CLAIM:
        if (plugging->scanner->is_busy) return -EBUSY;
        plugging->is_driver_detached = TRUE;
        return 0;
    case USBDEVFS_CLAIMINTERFACE:
        return plugging->scanner->is_busy || !plugging->is_driver_detached ? -EBUSY : 0;
    case USBDEVFS_RELEASEINTERFACE:
    case USBDEVFS_SETINTERFACE:
    case USBDEVFS_RESET: return 0;
    case USBDEVFS_CLEAR_HALT: return clear_halt(plugging, argument);
    case USBDEVFS_SUBMITURB: return submit(plugging, argument);
    case USBDEVFS_DISCARDURB: return discard(plugging, *(gulong *)argument->data);
    default: return -ENOTTY;
    }
}

static gboolean on_ioctl(UMockdevIoctlBase *ioctls, UMockdevIoctlClient *client, gpointer data) {
    (void)ioctls;
    Plugging *plugging = data;
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    g_mutex_lock(&plugging->lock);
    int result = answer(plugging, umockdev_ioctl_client_get_request(client), argument);
    umockdev_ioctl_client_complete(client, result < 0 ? -1 : result, result < 0 ? -result : 0);
    g_mutex_unlock(&plugging->lock);
    return TRUE;
}

// The server

static Urb *find(Plugging *plugging, const UsbipReply *reply) {
    for (GList *link = plugging->urbs; link; link = link->next) {
        Urb *urb = link->data;
        guint32 sequence = reply->is_unlink ? urb->unlink_sequence : urb->sequence;
        if (sequence == reply->sequence) return urb;
    }
    return NULL;
}

// Takes the first reply when it has arrived whole; returns how many bytes it had.
static gsize take_reply(Plugging *plugging) {
    GByteArray *received = plugging->received;
    if (received->len < USBIP_HEADER_BYTES) return 0;
    UsbipReply reply = usbip_parse_reply(received->data);
    Urb *urb = find(plugging, &reply);
    gsize length = USBIP_HEADER_BYTES;
    if (!reply.is_unlink && urb && urb->is_in && reply.status == 0)
        length += (gsize)reply.actual_length;
    if (received->len < length) return 0;
    if (urb && !urb->is_finished && reply.is_unlink)
        finish(plugging, urb, -ENOENT, NULL, 0);
    else if (urb && !urb->is_finished)
        finish(plugging, urb, reply.status, urb->is_in ? received->data + USBIP_HEADER_BYTES : NULL,
               reply.actual_length);
    return length;
}

void plugging_received(Plugging *plugging, const guint8 *bytes, gsize count) {
    g_mutex_lock(&plugging->lock);
    g_byte_array_append(plugging->received, bytes, (guint)count);
    for (gsize length; (length = take_reply(plugging)) > 0;)
        g_byte_array_remove_range(plugging->received, 0, (guint)length);
    g_mutex_unlock(&plugging->lock);
}

Plugging *plugging_new(Scanner *scanner, int connection, guint32 device_id) {
    Plugging *plugging = g_new0(Plugging, 1);
    plugging->scanner = scanner;
    plugging->connection = connection;
    plugging->device_id = device_id;
    // Smaller numbers were used to read descriptors.
    plugging->last_sequence = FIRST_SEQUENCE;
    plugging->received = g_byte_array_new();
    // An empty pipe rings.
    plugging->is_ringing = TRUE;
    plugging->ioctls = umockdev_ioctl_base_new();
    g_signal_connect(plugging->ioctls, "handle-ioctl", G_CALLBACK(on_ioctl), plugging);
    return plugging;
}

void plugging_end(Plugging *plugging) {
    g_mutex_lock(&plugging->lock);
    plugging->is_gone = TRUE;
    close(plugging->connection);
    plugging->connection = -1;
    for (GList *link = plugging->urbs; link; link = link->next) {
        Urb *urb = link->data;
        if (!urb->is_finished) finish(plugging, urb, -ESHUTDOWN, NULL, 0);
    }
    ring(plugging);
    g_mutex_unlock(&plugging->lock);
}
#endif
