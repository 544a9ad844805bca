// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of a serial port (16550, PL011): io::serial. Bytes go and come by interrupts; a reader
// waits until there are some, a writer until there is room. There is one of each at a time.
#include <string.h>

#include "userland/helios/kept.h"
#include "userland/interfaces/io.h"
#include "userland/venus/driver/driver.h"
#include "userland/venus/serial/ring.h"
#include "userland/venus/serial/uart.h"

enum {
    INTERRUPT = 1,
    LOOKS = 64, // a port that always has something to say is not listened to for ever
};

static struct {
    struct driver driver;
    struct driver_interrupt interrupt;
    struct uart uart;
    struct ring in;
    struct ring out;
    uint64_t reader; // Reply of who waits for bytes; 0: nobody
    uint32_t reader_most;
    uint64_t writer;           // Reply of who waits for room; 0: nobody
    uint8_t waiting[IO_CHUNK]; // what it wants to write
    uint32_t waiting_length;
    uint64_t watcher; // Notification that is kept; 0: nobody
    struct io_serial_config config;
} serial;

static void send(void) {
    for (;;) {
        const uint8_t *bytes;
        size_t length = ring_peek(&serial.out, &bytes);
        size_t sent = length == 0 ? 0 : uart_send(&serial.uart, bytes, length);
        ring_drop(&serial.out, sent);
        if (sent == 0) {
            break;
        }
    }
    uart_want_room(&serial.uart, ring_length(&serial.out) > 0);
}

static void answer_writer(void) {
    if (serial.writer == 0 || ring_room(&serial.out) == 0) {
        return;
    }
    size_t taken = ring_put(&serial.out, serial.waiting, serial.waiting_length);
    io_stream_write_reply(serial.writer, HELIOS_OK, (uint32_t)taken);
    serial.writer = 0;
    send();
}

static void answer_reader(void) {
    if (ring_length(&serial.in) == 0) {
        return;
    }
    if (serial.watcher != 0) {
        helios_kept_signal(serial.watcher);
        helios_kept_drop(serial.watcher);
        serial.watcher = 0;
    }
    if (serial.reader != 0) {
        uint8_t bytes[IO_CHUNK];
        size_t length = ring_get(&serial.in, bytes, serial.reader_most);
        io_stream_read_reply(serial.reader, HELIOS_OK, bytes, (uint32_t)length);
        serial.reader = 0;
    }
}

static void receive(void) {
    uint8_t bytes[64];
    size_t length;
    // What nobody reads in time is lost, and the port goes on.
    for (unsigned i = 0; i < RING_BYTES / sizeof(bytes); i++) {
        length = uart_receive(&serial.uart, bytes, sizeof(bytes));
        ring_put(&serial.in, bytes, length);
        if (length < sizeof(bytes)) {
            break;
        }
    }
}

// Whether there was anything to do.
static bool look(void) {
    struct uart_event event = uart_event(&serial.uart);
    if (event.is_readable) {
        receive();
    }
    if (event.is_writable) {
        send();
    }
    return event.is_readable || event.is_writable;
}

// Where the interrupt is an edge, one that came before the acknowledgement is lost: the port is
// looked at once more.
static void notified(void *context, uint64_t word) {
    (void)context;
    (void)word;
    look();
    driver_ack(&serial.interrupt);
    for (unsigned i = 0; i < LOOKS && look(); i++) {
    }
    answer_reader();
    answer_writer();
}

static enum helios_error read_bytes(void *context, const struct helios_request *request,
                                    uint32_t most, uint8_t result[448], uint32_t *length) {
    (void)context;
    if (most == 0 || most > IO_CHUNK) {
        return HELIOS_ERROR_RANGE;
    }
    if (ring_length(&serial.in) > 0) {
        *length = (uint32_t)ring_get(&serial.in, result, most);
        return HELIOS_OK;
    }
    if (serial.reader != 0) {
        // Who waited before may have given up: answering tells.
        io_stream_read_reply(serial.reader, HELIOS_ERROR_BUSY, result, 0);
    }
    serial.reader_most = most;
    serial.reader = 0;
    return helios_rpc_defer(request, &serial.reader);
}

static enum helios_error write_bytes(void *context, const struct helios_request *request,
                                     const void *data, uint32_t length, uint32_t *result) {
    (void)context;
    size_t taken = ring_put(&serial.out, data, length);
    if (taken > 0 || length == 0) {
        *result = (uint32_t)taken;
        send();
        return HELIOS_OK;
    }
    if (serial.writer != 0) {
        return HELIOS_ERROR_BUSY;
    }
    memcpy(serial.waiting, data, length);
    serial.waiting_length = length;
    return helios_rpc_defer(request, &serial.writer);
}

static enum helios_error watch(void *context, const struct helios_request *request,
                               uint64_t ready) {
    (void)context;
    (void)request;
    enum helios_error kept = helios_keep(&serial.watcher, ready);
    answer_reader();
    return kept;
}

static enum helios_error get_config(void *context, const struct helios_request *request,
                                    struct io_serial_config *result) {
    (void)context;
    (void)request;
    *result = serial.config;
    return HELIOS_OK;
}

static enum helios_error set_config(void *context, const struct helios_request *request,
                                    const struct io_serial_config *config) {
    static const enum uart_parity parities[] = {
        [IO_PARITY_NONE] = UART_PARITY_NONE,
        [IO_PARITY_EVEN] = UART_PARITY_EVEN,
        [IO_PARITY_ODD] = UART_PARITY_ODD,
    };
    (void)context;
    (void)request;
    const struct uart_line line = {config->baud, config->data_bits, config->stop_bits,
                                   parities[config->parity]};
    if (!uart_set_line(&serial.uart, &line)) {
        return HELIOS_ERROR_UNSUPPORTED;
    }
    uint32_t baud = config->baud != 0 ? config->baud : serial.config.baud;
    serial.config = *config;
    serial.config.baud = baud;
    return HELIOS_OK;
}

static const struct io_serial_ops ops = {
    .io_stream = {.read = read_bytes, .write = write_bytes, .watch = watch},
    .set_config = set_config,
    .get_config = get_config,
};

static bool dispatch(void *context, struct helios_message *message) {
    return io_serial_dispatch(&ops, context, message);
}

// All that the manifest matches is a 16550, but for this.
static bool is_pl011(const struct device_info *info) {
    return strcmp(info->compatible, "arm,pl011") == 0;
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct driver *driver = &serial.driver;
    driver_begin(driver, "serial");
    serial.uart.kind = is_pl011(&driver->info) ? UART_PL011 : UART_16550;
    serial.uart.registers = *driver_range(driver, 0);
    serial.uart.reg_shift = driver->info.flags >> 8 & 0xff;
    uint32_t width = driver->info.flags & 0xff;
    serial.uart.io_width = width == 4 ? 4 : serial.uart.kind == UART_PL011 && width == 0 ? 4 : 1;
    serial.uart.clock_hz = driver->info.clock_hz;
    // As fast as who used it before has set it.
    serial.config = (struct io_serial_config){.data_bits = 8, .stop_bits = 1};
    serial.interrupt = driver_interrupt(driver, 0, INTERRUPT, false);
    if (!uart_open(&serial.uart)) {
        driver_fail(driver, "there is no port at %s", driver->info.name);
    }
    notified(NULL, 0);
    driver_offer(driver, IO_SERIAL_ID, IO_SERIAL_VERSION, "serial");
    driver_serve(driver, dispatch, notified, NULL);
}
