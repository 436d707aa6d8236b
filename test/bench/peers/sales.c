/*
 * The sales job of the bench, hand-written: index, Region in upper case, two dates from M/d/yyyy to yyyy-MM-dd, six
 * numbers rounded half-even to 0 places, markers for invalid values. One pass over the bytes; no quotes, LF line ends.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (1 << 18)

static unsigned char in[2 * CHUNK + 1], out[2 * CHUNK];
static unsigned char *p, *o;

static void flush(void) {
  unsigned char *from = out;
  while (from < o) {
    ssize_t n = write(1, from, o - from);
    if (n < 0) exit(3);
    from += n;
  }
  o = out;
}

static inline int at_end(unsigned char c) { return c == ',' || c == '\n'; }

static inline void marker(const char *text) {
  while (!at_end(*p)) p++;
  size_t n = strlen(text);
  memcpy(o, text, n);
  o += n;
}

static inline void copy(void) {
  while (!at_end(*p)) *o++ = *p++;
}

static inline void upper(void) {
  for (; !at_end(*p); p++) *o++ = *p >= 'a' && *p <= 'z' ? *p - 32 : *p;
}

static inline int digit(unsigned char c) { return c >= '0' && c <= '9'; }

static inline void date(void) {
  static const unsigned char days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  unsigned char *q = p;
  int m, d, y;
  if (!digit(*q)) goto invalid;
  m = *q++ - '0';
  if (digit(*q)) m = m * 10 + *q++ - '0';
  if (*q++ != '/' || !digit(*q)) goto invalid;
  d = *q++ - '0';
  if (digit(*q)) d = d * 10 + *q++ - '0';
  if (*q != '/' || !digit(q[1]) || !digit(q[2]) || !digit(q[3]) || !digit(q[4]) || !at_end(q[5])) goto invalid;
  y = (q[1] - '0') * 1000 + (q[2] - '0') * 100 + (q[3] - '0') * 10 + q[4] - '0';
  if (y < 1 || m < 1 || m > 12 || d < 1) goto invalid;
  if (d > days[m] + (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))) goto invalid;
  memcpy(o, q + 1, 4);
  o[4] = '-';
  o[5] = '0' + m / 10;
  o[6] = '0' + m % 10;
  o[7] = '-';
  o[8] = '0' + d / 10;
  o[9] = '0' + d % 10;
  o += 10;
  p = q + 5;
  return;
invalid:
  marker("Invalid-Date");
}

static inline void round0(void) {
  unsigned char *q = p, *field = o;
  int negative = *q == '-', any = 0, up = 0;
  if (*q == '-' || *q == '+') q++;
  if (negative) *o++ = '-';
  unsigned char *digits = o;
  for (; digit(*q); any = 1) {
    if (o == digits + 1 && *digits == '0') o--;
    *o++ = *q++;
  }
  if (o == digits) *o++ = '0';
  if (*q == '.') {
    q++;
    if (digit(*q)) {
      int first = *q++ - '0', rest = 0;
      any = 1;
      for (; digit(*q); q++) rest |= *q != '0';
      up = first > 5 || (first == 5 && (rest || (o[-1] & 1)));
    }
  }
  if (!any || !at_end(*q)) {
    o = field;
    marker("Invalid-Number");
    return;
  }
  p = q;
  if (up) {
    unsigned char *r = o;
    while (r > digits && r[-1] == '9') *--r = '0';
    if (r > digits) {
      r[-1]++;
    } else {
      memmove(digits + 1, digits, o - digits);
      *digits = '1';
      o++;
    }
  }
  if (negative && *digits == '0') {
    *field = '0';
    o = field + 1;
  }
}

int main(void) {
  size_t held = 0;
  int header = 1;
  o = out;
  for (;;) {
    ssize_t n = read(0, in + held, CHUNK);
    if (n < 0) return 3;
    size_t length = held + n;
    if (n == 0) {
      if (length == 0) break;
      if (in[length - 1] != '\n') in[length++] = '\n';
    }
    unsigned char *end = in + length;
    while (end > in && end[-1] != '\n') end--;
    p = in;
    if (header && p < end) {
      do *o++ = *p; while (*p++ != '\n');
      header = 0;
    }
    while (p < end) {
#define FIELD(f) f(); *o++ = *p++;
      FIELD(copy) FIELD(upper) FIELD(copy) FIELD(copy) FIELD(copy) FIELD(copy) FIELD(date) FIELD(copy)
      FIELD(date) FIELD(round0) FIELD(round0) FIELD(round0) FIELD(round0) FIELD(round0) FIELD(round0)
      if (p[-1] != '\n') return 11;
      if (o > out + CHUNK) flush();
    }
    held = in + length - end;
    memmove(in, end, held);
    if (n == 0) break;
    if (held > CHUNK) return 12;
  }
  flush();
  return 0;
}
