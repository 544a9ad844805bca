// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/slides/slide.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACKGROUND "#0f1420"
#define INK        "#e6ebf5"
#define PALE       "#8d99b3"
#define ACCENT     "#ffb454"
#define PANEL      "#1a2233"
#define SANS       "font-family=\"Inter\""
#define MONO       "font-family=\"JetBrains Mono\""

// Between an arrow and its boxes.
static const double ARROW_GAP = 6;

enum {
    LEFT = 80,
    TOP = 178, // of the first line below a heading
    ID_LENGTH = 16,
    MAX_BOXES = 32,
    CODE_GAP = 16, // below code
    BOX_LINE = 24, // between the lines of a box's text
};

struct box {
    char id[ID_LENGTH];
    double x, y, width, height;
};

struct drawing {
    const char *path;
    const char *line_start;
    const char *at; // in the line that is being read
    unsigned int line;
    struct buffer *svg;
    struct error *err;
    double x, y; // of the next line of text
    bool below_code;
    struct box boxes[MAX_BOXES];
    size_t box_count;
};

static bool wrong(struct drawing *d, const char *expected) {
    return error_set(d->err, "%s:%u:%d: expected %s", d->path, d->line,
                     (int)(d->at - d->line_start) + 1, expected);
}

static void append(struct drawing *d, const char *text) {
    buffer_append(d->svg, text, strlen(text));
}

// XML 1.0 section 2.4: what character data must not hold as it is. SVG folds blanks unless told.
static void append_character(struct drawing *d, char c) {
    switch (c) {
    case '&':
        append(d, "&amp;");
        break;
    case '<':
        append(d, "&lt;");
        break;
    case '>':
        append(d, "&gt;");
        break;
    default:
        buffer_append(d->svg, &c, 1);
    }
}

// Text up to `end` with its marks made into spans.
static bool append_marked(struct drawing *d, const char *text, const char *end) {
    char open = '\0';
    const char *opened = text;
    for (; text < end; text++) {
        if (*text == '\\' && text + 1 < end) {
            append_character(d, *++text);
        } else if ((*text == '*' || *text == '`') && (open == '\0' || open == *text)) {
            if (open != '\0') {
                append(d, "</tspan>");
            } else if (*text == '*') {
                append(d, "<tspan font-weight=\"700\" fill=\"" ACCENT "\">");
            } else {
                append(d, "<tspan " MONO " font-size=\"0.9em\" fill=\"#a8d1ff\">");
            }
            open = open == '\0' ? *text : '\0';
            opened = text;
        } else {
            append_character(d, *text);
        }
    }
    d->at = opened;
    return open == '\0' ||
           wrong(d, open == '*' ? "another '*' that ends this" : "another '`' that ends this");
}

static bool text_line(struct drawing *d, double x, double y, const char *style, const char *text) {
    buffer_format(d->svg, "<text x=\"%g\" y=\"%g\" xml:space=\"preserve\" %s>", x, y, style);
    bool ok = append_marked(d, text, text + strlen(text));
    append(d, "</text>\n");
    return ok;
}

static void skip_blanks(struct drawing *d) {
    while (*d->at == ' ') {
        d->at++;
    }
}

static bool number(struct drawing *d, double *value) {
    skip_blanks(d);
    char *end;
    unsigned long read = strtoul(d->at, &end, 10);
    if (*d->at < '0' || *d->at > '9' || read > SLIDE_WIDTH || (*end != ' ' && *end != '\0')) {
        return wrong(d, "a number from 0 to 1280");
    }
    d->at = end;
    *value = (double)read;
    return true;
}

static bool word(struct drawing *d, char out[ID_LENGTH]) {
    skip_blanks(d);
    size_t length = strcspn(d->at, " ");
    if (length == 0 || length >= ID_LENGTH) {
        return wrong(d, "the name of a box, of at most 15 characters");
    }
    memcpy(out, d->at, length);
    out[length] = '\0';
    d->at += length;
    return true;
}

static const struct box *find(const struct drawing *d, const char *id) {
    for (size_t i = 0; i < d->box_count; i++) {
        if (strcmp(d->boxes[i].id, id) == 0) {
            return &d->boxes[i];
        }
    }
    return NULL;
}

static bool draw_title(struct drawing *d) {
    d->x = LEFT;
    d->y = TOP;
    buffer_format(
        d->svg, "<rect x=\"%d\" y=\"112\" width=\"64\" height=\"5\" fill=\"" ACCENT "\"/>\n", LEFT);
    return text_line(d, LEFT, 92, SANS " font-size=\"44\" font-weight=\"700\" fill=\"" INK "\"",
                     d->at);
}

static bool draw_big(struct drawing *d) {
    d->x = LEFT;
    d->y = 420;
    return text_line(d, LEFT, 340, SANS " font-size=\"84\" font-weight=\"800\" fill=\"" INK "\"",
                     d->at);
}

static bool draw_small(struct drawing *d) {
    double y = d->y;
    d->y += 48;
    return text_line(d, d->x, y, SANS " font-size=\"32\" fill=\"" PALE "\"", d->at);
}

static bool draw_point(struct drawing *d) {
    double y = d->y;
    d->y += 52;
    buffer_format(d->svg, "<circle cx=\"%g\" cy=\"%g\" r=\"5\" fill=\"" ACCENT "\"/>\n", d->x + 6,
                  y - 10);
    return text_line(d, d->x + 32, y, SANS " font-size=\"30\" fill=\"" INK "\"", d->at);
}

static bool draw_lower_point(struct drawing *d) {
    double y = d->y - 8;
    d->y += 38;
    buffer_format(d->svg, "<circle cx=\"%g\" cy=\"%g\" r=\"3.5\" fill=\"" PALE "\"/>\n", d->x + 42,
                  y - 8);
    return text_line(d, d->x + 58, y, SANS " font-size=\"24\" fill=\"" PALE "\"", d->at);
}

static bool draw_text(struct drawing *d) {
    double y = d->y;
    d->y += 44;
    return text_line(d, d->x, y, SANS " font-size=\"30\" fill=\"" INK "\"", d->at);
}

static bool draw_code(struct drawing *d) {
    double y = d->y;
    d->y += 32;
    buffer_format(d->svg,
                  "<text x=\"%g\" y=\"%g\" xml:space=\"preserve\" " MONO
                  " font-size=\"22\" fill=\"#a8d1ff\">",
                  d->x, y);
    for (const char *c = d->at; *c != '\0'; c++) {
        append_character(d, *c);
    }
    append(d, "</text>\n");
    return true;
}

static bool draw_gap(struct drawing *d) {
    double height;
    if (!number(d, &height)) {
        return false;
    }
    d->y += height;
    return *d->at == '\0' || wrong(d, "nothing more");
}

static bool draw_column(struct drawing *d) {
    return number(d, &d->x) && number(d, &d->y) && (*d->at == '\0' || wrong(d, "nothing more"));
}

// The lines of a box's text, around the middle of it.
static bool draw_box_text(struct drawing *d, const struct box *box, const char *ink) {
    char style[160];
    snprintf(style, sizeof(style), SANS " font-size=\"20\" text-anchor=\"middle\" fill=\"%s\"",
             ink);
    skip_blanks(d);
    unsigned int lines = 1;
    for (const char *c = d->at; (c = strstr(c, "\\n")) != NULL; c += 2) {
        lines++;
    }
    double y = box->y + box->height / 2 + 7 - (lines - 1) * BOX_LINE / 2.0;
    bool ok = true;
    for (const char *text = d->at; ok && text != NULL; y += (double)BOX_LINE) {
        const char *end = strstr(text, "\\n");
        buffer_format(d->svg, "<text x=\"%g\" y=\"%g\" %s>", box->x + box->width / 2, y, style);
        ok = append_marked(d, text, end != NULL ? end : text + strlen(text));
        append(d, "</text>\n");
        text = end != NULL ? end + 2 : NULL;
    }
    return ok;
}

static bool draw_some_box(struct drawing *d, const char *fill, const char *edge, const char *ink) {
    struct box box;
    if (!word(d, box.id)) {
        return false;
    }
    if (d->box_count == MAX_BOXES || find(d, box.id) != NULL) {
        return wrong(d, "a name that no other box has, and at most 32 boxes");
    }
    if (!number(d, &box.x) || !number(d, &box.y) || !number(d, &box.width) ||
        !number(d, &box.height)) {
        return false;
    }
    if (box.x + box.width > SLIDE_WIDTH || box.y + box.height > SLIDE_HEIGHT - SLIDE_BAR_HEIGHT) {
        return wrong(d, "a box that ends inside the picture");
    }
    d->boxes[d->box_count++] = box;
    buffer_format(d->svg,
                  "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" rx=\"10\" fill=\"%s\" "
                  "stroke=\"%s\" stroke-width=\"2\"/>\n",
                  box.x, box.y, box.width, box.height, fill, edge);
    return draw_box_text(d, &box, ink);
}

static bool draw_box(struct drawing *d) {
    return draw_some_box(d, PANEL, "#4a5a7d", INK);
}

static bool draw_hot(struct drawing *d) {
    return draw_some_box(d, "#3a2c17", ACCENT, "#ffd9a3");
}

static bool draw_dim(struct drawing *d) {
    return draw_some_box(d, BACKGROUND, "#36425c", PALE);
}

// Where the line from the middle of `box` to (x, y) leaves it, and a little beyond.
static void leave(const struct box *box, double *x, double *y) {
    double cx = box->x + box->width / 2;
    double cy = box->y + box->height / 2;
    double dx = *x - cx;
    double dy = *y - cy;
    double length = sqrt(dx * dx + dy * dy);
    if (length < 1) {
        *x = cx;
        *y = cy;
        return;
    }
    double across = dx != 0 ? box->width / 2 / fabs(dx) : 1e9;
    double down = dy != 0 ? box->height / 2 / fabs(dy) : 1e9;
    double part = (across < down ? across : down) + ARROW_GAP / length;
    *x = cx + dx * part;
    *y = cy + dy * part;
}

static bool named_box(struct drawing *d, const struct box **box) {
    char id[ID_LENGTH];
    skip_blanks(d);
    const char *start = d->at;
    if (!word(d, id)) {
        return false;
    }
    *box = find(d, id);
    if (*box == NULL) {
        d->at = start;
        return wrong(d, "the name of a box that stands above");
    }
    return true;
}

// Horizontal or vertical where the boxes overlap in that direction, straight from middle to middle
// otherwise.
static void ends(const struct box *from, const struct box *to, double p[4]) {
    double left = fmax(from->x, to->x);
    double right = fmin(from->x + from->width, to->x + to->width);
    double top = fmax(from->y, to->y);
    double bottom = fmin(from->y + from->height, to->y + to->height);
    double fx = from->x + from->width / 2;
    double fy = from->y + from->height / 2;
    double tx = to->x + to->width / 2;
    double ty = to->y + to->height / 2;
    if (right - left > 8) {
        bool down = ty > fy;
        p[0] = p[2] = (left + right) / 2;
        p[1] = down ? from->y + from->height + ARROW_GAP : from->y - ARROW_GAP;
        p[3] = down ? to->y - ARROW_GAP : to->y + to->height + ARROW_GAP;
    } else if (bottom - top > 8) {
        bool along = tx > fx;
        p[1] = p[3] = (top + bottom) / 2;
        p[0] = along ? from->x + from->width + ARROW_GAP : from->x - ARROW_GAP;
        p[2] = along ? to->x - ARROW_GAP : to->x + to->width + ARROW_GAP;
    } else {
        p[0] = tx;
        p[1] = ty;
        leave(from, &p[0], &p[1]);
        p[2] = fx;
        p[3] = fy;
        leave(to, &p[2], &p[3]);
    }
}

static bool draw_connection(struct drawing *d, const char *head) {
    const struct box *from;
    const struct box *to;
    if (!named_box(d, &from) || !named_box(d, &to)) {
        return false;
    }
    double p[4];
    ends(from, to, p);
    buffer_format(d->svg,
                  "<line x1=\"%g\" y1=\"%g\" x2=\"%g\" y2=\"%g\" stroke=\"" PALE
                  "\" stroke-width=\"2.5\"%s/>\n",
                  p[0], p[1], p[2], p[3], head);
    skip_blanks(d);
    if (*d->at == '\0') {
        return true;
    }
    bool is_vertical = fabs(p[2] - p[0]) < fabs(p[3] - p[1]);
    return text_line(
        d, (p[0] + p[2]) / 2 + (is_vertical ? 12 : 0), (p[1] + p[3]) / 2 + (is_vertical ? 6 : -12),
        is_vertical ? SANS " font-size=\"19\" fill=\"" PALE "\""
                    : SANS " font-size=\"19\" text-anchor=\"middle\" fill=\"" PALE "\"",
        d->at);
}

static bool draw_arrow(struct drawing *d) {
    return draw_connection(d, " marker-end=\"url(#head)\"");
}

static bool draw_line(struct drawing *d) {
    return draw_connection(d, "");
}

static bool draw_label(struct drawing *d) {
    double x;
    double y;
    if (!number(d, &x) || !number(d, &y)) {
        return false;
    }
    skip_blanks(d);
    return text_line(d, x, y, SANS " font-size=\"19\" text-anchor=\"middle\" fill=\"" PALE "\"",
                     d->at);
}

static const struct directive {
    const char *name;
    bool (*draw)(struct drawing *d);
} directives[] = {
    {"title", draw_title},    {"big", draw_big},   {"small", draw_small}, {"-", draw_point},
    {"--", draw_lower_point}, {"text", draw_text}, {"|", draw_code},      {"gap", draw_gap},
    {"column", draw_column},  {"box", draw_box},   {"hot", draw_hot},     {"dim", draw_dim},
    {"arrow", draw_arrow},    {"line", draw_line}, {"label", draw_label},
};

static bool draw_directive(struct drawing *d) {
    size_t length = strcspn(d->line_start, " ");
    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
        if (strlen(directives[i].name) == length &&
            strncmp(d->line_start, directives[i].name, length) == 0) {
            d->at = d->line_start + length;
            d->at += *d->at == ' ' ? 1 : 0;
            if (*d->at == '\0' && directives[i].draw != draw_code) {
                return wrong(d, "a text or numbers");
            }
            if (d->y > SLIDE_HEIGHT - 60 && length <= 2) {
                d->at = d->line_start;
                return wrong(d, "no more lines: the slide is full");
            }
            bool is_code = directives[i].draw == draw_code;
            d->y += d->below_code && !is_code ? CODE_GAP : 0;
            d->below_code = is_code;
            return directives[i].draw(d);
        }
    }
    return wrong(d, "title, big, small, -, --, text, |, gap, column, box, hot, dim, arrow, line or "
                    "label");
}

static void begin(struct drawing *d) {
    buffer_format(
        d->svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n"
        "<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" "
        "markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" "
        "fill=\"" PALE "\"/></marker></defs>\n"
        "<rect width=\"%d\" height=\"%d\" fill=\"" BACKGROUND "\"/>\n",
        SLIDE_WIDTH, SLIDE_HEIGHT, SLIDE_WIDTH, SLIDE_HEIGHT);
}

static void finish(struct drawing *d, uint64_t slide, uint64_t count) {
    buffer_format(d->svg,
                  "<text x=\"%d\" y=\"692\" " SANS
                  " font-size=\"16\" fill=\"#5d6a86\">Helios</text>\n"
                  "<text x=\"%d\" y=\"692\" " SANS " font-size=\"16\" text-anchor=\"end\" "
                  "fill=\"#5d6a86\">%llu / %llu</text>\n</svg>\n",
                  LEFT, SLIDE_WIDTH - LEFT, (unsigned long long)slide, (unsigned long long)count);
}

bool slide_draw(const char *path, const char *text, uint64_t slide, uint64_t count,
                struct buffer *svg, struct error *err) {
    struct drawing d = {.path = path, .svg = svg, .err = err, .x = LEFT, .y = TOP};
    char *copy = mem_format("%s", text);
    char *rest = copy;
    char *line;
    bool ok = true;
    begin(&d);
    while (ok && (line = strsep(&rest, "\n")) != NULL) {
        d.line++;
        d.line_start = d.at = line;
        ok = line[0] == '\0' || line[0] == '#' || draw_directive(&d);
    }
    finish(&d, slide, count);
    free(copy);
    return ok;
}
