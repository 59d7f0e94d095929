// Runs a command on a USB bus that is not there, with scanners that a USB/IP server plays.
//
//   usbmock (--scanner SOCKET BUSID [FAULT...])... -- COMMAND [ARGUMENT...]
//
// The command runs unmodified, under umockdev's preloaded library: libusb and udev see the scanners
// as devices 1-1, 1-2, ... and each transfer goes to the server. A scanner whose server closes the
// connection leaves the bus, and comes back as a new device when it can be imported again. A signal
// that ends or reloads a program is passed on. The exit status is the command's.
//
// Faults of the scanner before them, with IN transfers numbered from 1 over all its pluggings:
//   --plug-after MS       it is plugged in so long after the command began
//   --unplug-after MS     it is unplugged so long after the command began
//   --unplug-at-in N      it is unplugged with IN transfer N under way
//   --replug-after MS     it comes back so long after one of these unplugged it
//   --stall-at-in N       its IN endpoint halts at transfer N, until the halt is cleared
//   --stall-at-out N      the same for the OUT endpoint, counted on its own
//   --empty-at-in N       IN transfer N ends with an empty packet
//   --short-at-in N       IN transfer N ends with a packet of seven bytes
//   --silent-from-in N    no IN transfer from N on ever ends
//   --deaf                no OUT transfer ever ends
//   --keeps-discarded     a transfer that is given up never ends
//   --busy                somebody else has claimed its interface
//   --no-permission       its node cannot be opened, by root neither
#if __has_include(<umockdev.h>)
#include <glib-unix.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scanner.h"

#define PRELOAD "libumockdev-preload.so.0"

static GPtrArray *scanners;
static GPid command;
static int exit_status;

static void usage(const char *problem) {
    fprintf(stderr, "usbmock: %s; see the head of Tests/USBMock/main.c\n", problem);
    exit(64);
}

static int number(char **arguments, int *next) {
    char *end = NULL;
    const char *text = arguments[++*next];
    long value = text ? strtol(text, &end, 10) : 0;
    if (!text || *end != 0 || value < 1 || value > 1000000) usage("expected a number from 1 on");
    return (int)value;
}

static void read_fault(Scanner *scanner, char **arguments, int *next) {
    const struct {
        const char *name;
        int *value;
    } numbers[] = {
        {"--plug-after", &scanner->plug_after_ms},
        {"--unplug-after", &scanner->unplug_after_ms},
        {"--unplug-at-in", &scanner->unplug_at_in},
        {"--replug-after", &scanner->replug_after_ms},
        {"--stall-at-in", &scanner->stall_at_in},
        {"--stall-at-out", &scanner->stall_at_out},
        {"--empty-at-in", &scanner->empty_at_in},
        {"--short-at-in", &scanner->short_at_in},
        {"--silent-from-in", &scanner->silent_from_in},
    };
    const struct {
        const char *name;
        gboolean *value;
    } switches[] = {
        {"--deaf", &scanner->is_deaf},
        {"--keeps-discarded", &scanner->keeps_discarded},
        {"--busy", &scanner->is_busy},
        {"--no-permission", &scanner->is_forbidden},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (strcmp(arguments[*next], numbers[i].name) == 0) {
            *numbers[i].value = number(arguments, next);
            return;
        }
    for (gsize i = 0; i < G_N_ELEMENTS(switches); i++)
        if (strcmp(arguments[*next], switches[i].name) == 0) {
            *switches[i].value = TRUE;
            return;
        }
    usage("unknown option");
}

// Fills `scanners`; returns where the command begins.
static char **read_arguments(char **arguments) {
    Scanner *scanner = NULL;
    int next = 1;
    for (; arguments[next] && strcmp(arguments[next], "--") != 0; next++) {
        if (strcmp(arguments[next], "--scanner") != 0) {
            if (!scanner) usage("a fault must follow its scanner");
            read_fault(scanner, arguments, &next);
            continue;
        }
        scanner = g_new0(Scanner, 1);
        g_ptr_array_add(scanners, scanner);
        scanner->port = (int)scanners->len;
        scanner->socket_path = arguments[++next];
        scanner->bus_id = scanner->socket_path ? arguments[++next] : NULL;
        if (!scanner->bus_id) usage("expected SOCKET BUSID after --scanner");
    }
    if (!arguments[next] || !arguments[next + 1]) usage("expected -- COMMAND");
    return arguments + next + 1;
}

// Without the library in this process, too, uevents would go nowhere.
static void preload(char **arguments) {
    const char *present = getenv("LD_PRELOAD");
    if (present && strstr(present, PRELOAD)) return;
    g_autofree char *libraries = present && *present ? g_strconcat(PRELOAD " ", present, NULL)
                                                     : g_strdup(PRELOAD);
    setenv("LD_PRELOAD", libraries, 1);
    // By its own path, so that it keeps its name.
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    if (program) execv(program, arguments);
    perror("usbmock: exec");
    exit(70);
}

// Runs in the command's process, before it is executed.
static void prepare_command(gpointer unused) {
    (void)unused;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Root may open everything; without these, a node's permissions hold for root as well.
    for (guint i = 0; i < scanners->len; i++)
        if (((Scanner *)scanners->pdata[i])->is_forbidden) {
            prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
            prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH);
        }
}

static gboolean pass_on(gpointer signal_number) {
    kill(command, GPOINTER_TO_INT(signal_number));
    return G_SOURCE_CONTINUE;
}

static void on_exit_of_command(GPid process, gint status, gpointer loop) {
    (void)process;
    exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    g_main_loop_quit(loop);
}

int main(int count, char **arguments) {
    (void)count;
    preload(arguments);
    // Whoever starts this may have blocked signals, and the command would inherit that.
    sigset_t nothing;
    sigemptyset(&nothing);
    sigprocmask(SIG_SETMASK, &nothing, NULL);
    scanners = g_ptr_array_new();
    char **words = read_arguments(arguments);
    UMockdevTestbed *bed = umockdev_testbed_new();
    for (guint i = 0; i < scanners->len; i++) {
        Scanner *scanner = scanners->pdata[i];
        scanner->bed = bed;
        if (scanner->plug_after_ms == 0) scanner_plug(scanner);
    }
    GMainLoop *loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GError) error = NULL;
    GSpawnFlags flags =
        G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN;
    if (!g_spawn_async(NULL, words, NULL, flags, prepare_command, NULL, &command, &error)) {
        fprintf(stderr, "usbmock: %s\n", error->message);
        return 127;
    }
    g_child_watch_add(command, on_exit_of_command, loop);
    const int passed_on[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    for (gsize i = 0; i < G_N_ELEMENTS(passed_on); i++)
        g_unix_signal_add(passed_on[i], pass_on, GINT_TO_POINTER(passed_on[i]));
    for (guint i = 0; i < scanners->len; i++) {
        Scanner *scanner = scanners->pdata[i];
        if (scanner->plug_after_ms) g_timeout_add(scanner->plug_after_ms, scanner_plug, scanner);
        if (scanner->unplug_after_ms)
            g_timeout_add(scanner->unplug_after_ms, scanner_pull, scanner);
    }
    g_main_loop_run(loop);
    g_object_unref(bed);
    return exit_status;
}
#else
#include <stdio.h>

int main(void) {
    fputs("usbmock: built without umockdev (Debian: libumockdev-dev, libglib2.0-dev)\n", stderr);
    return 77;
}
#endif
