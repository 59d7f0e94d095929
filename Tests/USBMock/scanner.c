#define _GNU_SOURCE  // for F_SETPIPE_SZ
#if __has_include(<umockdev.h>)
#include "scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <linux/usbdevice_fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "transfers.h"
#include "usbip_client.h"

enum { RETRY_MS = 50 };

static int last_device_number = 1;

// The descriptors as sysfs has them: the device's, then the configuration's with all its parts.
static char *read_descriptors(int connection, guint32 device_id) {
    guint8 bytes[18 + 512];
    if (usbip_read_descriptor(connection, 1, device_id, 0x100, bytes, 18) != 18) return NULL;
    if (usbip_read_descriptor(connection, 2, device_id, 0x200, bytes + 18, 9) != 9) return NULL;
    guint16 total = bytes[20] | bytes[21] << 8;
    if (total > 512) return NULL;
    if (usbip_read_descriptor(connection, 3, device_id, 0x200, bytes + 18, total) != total)
        return NULL;
    GString *text = g_string_new(NULL);
    for (int i = 0; i < 18 + total; i++) g_string_append_printf(text, "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

// The device's node is a pipe that the mock keeps full, and takes a byte from when a transfer has
// ended: so it can be polled just like the kernel's, which is writable only then.
static int make_node(Scanner *scanner, const char *node) {
    g_autofree char *root = umockdev_testbed_get_root_dir(scanner->bed);
    g_autofree char *path = g_strconcat(root, node, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0755);
    unlink(path);
    if (mkfifo(path, 0600) != 0) g_error("mkfifo %s: %s", path, g_strerror(errno));
    int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 || fcntl(descriptor, F_SETPIPE_SZ, 4096) != 4096)
        g_error("%s is no pipe of one page: %s", path, g_strerror(errno));
    if (scanner->is_forbidden) chmod(path, 0);
    return descriptor;
}

static void remove_node(Scanner *scanner, const char *node) {
    g_autofree char *root = umockdev_testbed_get_root_dir(scanner->bed);
    g_autofree char *path = g_strconcat(root, node, NULL);
    unlink(path);
}

static gboolean on_server(gint connection, GIOCondition condition, gpointer scanner) {
    (void)condition;
    Plugging *plugging = ((Scanner *)scanner)->plugging;
    guint8 bytes[4096];
    ssize_t count = recv(connection, bytes, sizeof bytes, 0);
    if (count > 0) {
        plugging_received(plugging, bytes, (gsize)count);
        return G_SOURCE_CONTINUE;
    }
    // The device has gone, for the server was it. This removes the source as well.
    scanner_unplug(scanner);
    g_timeout_add(RETRY_MS, scanner_plug, scanner);
    return G_SOURCE_CONTINUE;
}

gboolean scanner_pull(gpointer data) {
    Scanner *scanner = data;
    scanner_unplug(scanner);
    if (scanner->replug_after_ms > 0) g_timeout_add(scanner->replug_after_ms, scanner_plug, scanner);
    return G_SOURCE_REMOVE;
}

static void announce(Scanner *scanner, Plugging *plugging, const char *descriptors) {
    g_autoptr(GError) error = NULL;
    // The ioctls first: the second call sends the uevent, upon which programs open the device.
    if (!umockdev_testbed_attach_ioctl(scanner->bed, plugging->node, plugging->ioctls, &error))
        g_error("attach_ioctl: %s", error->message);
    g_autofree char *text = g_strdup_printf(
        "P: %s\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\nE: BUSNUM=001\n"
        "E: DEVNUM=%03d\nE: DEVNAME=%s\nE: PRODUCT=451/4200/100\nE: MAJOR=189\nE: MINOR=%d\n"
        "A: busnum=1\\n\nA: devnum=%d\\n\nA: speed=12\\n\nA: bConfigurationValue=1\\n\n"
        "A: idVendor=0451\\n\nA: idProduct=4200\\n\nA: dev=189:%d\\n\nH: descriptors=%s\n",
        plugging->sysfs + strlen("/sys"), plugging->device_number, plugging->node,
        plugging->device_number - 1, plugging->device_number, plugging->device_number - 1,
        descriptors);
    if (!umockdev_testbed_add_from_string(scanner->bed, text, &error))
        g_error("add_from_string: %s", error->message);
}

gboolean scanner_plug(gpointer data) {
    Scanner *scanner = data;
    if (scanner->plugging) return G_SOURCE_REMOVE;
    guint32 device_id = 0;
    int connection = usbip_import(scanner->socket_path, scanner->bus_id, &device_id);
    g_autofree char *descriptors = connection < 0 ? NULL : read_descriptors(connection, device_id);
    if (!descriptors) {
        if (connection >= 0) close(connection);
        g_timeout_add(RETRY_MS, scanner_plug, scanner);
        return G_SOURCE_REMOVE;
    }
    int number = ++last_device_number;
    Plugging *plugging = plugging_new(scanner, connection, device_id);
    plugging->device_number = number;
    plugging->node = g_strdup_printf("/dev/bus/usb/001/%03d", number);
    plugging->sysfs = g_strdup_printf("/sys/devices/pci0000:00/usb1/1-%d", scanner->port);
    plugging->doorbell = make_node(scanner, plugging->node);
    plugging_hush(plugging);
    scanner->plugging = plugging;
    announce(scanner, plugging, descriptors);
    plugging->server_source = g_unix_fd_add(connection, G_IO_IN | G_IO_HUP | G_IO_ERR, on_server,
                                            scanner);
    return G_SOURCE_REMOVE;
}

void scanner_unplug(Scanner *scanner) {
    Plugging *plugging = scanner->plugging;
    if (!plugging) return;
    scanner->plugging = NULL;
    g_source_remove(plugging->server_source);
    plugging_end(plugging);
    // As the kernel does: the node goes before anybody is told.
    remove_node(scanner, plugging->node);
    umockdev_testbed_uevent(scanner->bed, plugging->sysfs, "remove");
    umockdev_testbed_remove_device(scanner->bed, plugging->sysfs);
    // Programs may have the old node open for as long as they like, so it is never freed.
}
#endif
