/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XEP-0082 dates and times. The calendar is the proleptic Gregorian one, in
 * plain arithmetic; not for time zones with names.
 */
#include "xmpp/datetime.h"

enum { SECOND = 1000000 };

struct civil {
	int64_t year;
	unsigned month, day;
};

/* Days since 1970-01-01. Years begin in March here, so that the leap day is the last of its year. */
static int64_t
days_from_civil(struct civil c)
{
	int64_t y = c.month <= 2 ? c.year - 1 : c.year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * ((int64_t)c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static struct civil
civil_from_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	unsigned month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);

	return (struct civil){yoe + era * 400 + (month <= 2), month, (unsigned)(doy - (153 * mp + 2) / 5 + 1)};
}

static unsigned
days_in_month(int64_t year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Splits into whole seconds and the rest, which is never negative. */
static int64_t
whole_seconds(int64_t us, int64_t *fraction_r)
{
	int64_t s = us / SECOND, f = us % SECOND;

	if (f < 0) {
		s--;
		f += SECOND;
	}
	*fraction_r = f;
	return s;
}

static void
print(struct buf *out, int64_t us, bool with_fraction)
{
	int64_t fraction, s = whole_seconds(us, &fraction), days, in_day;
	struct civil c;

	days = (s >= 0 ? s : s - 86399) / 86400;
	in_day = s - days * 86400;
	c = civil_from_days(days);
	buf_addf(out, "%04lld-%02u-%02uT%02d:%02d:%02d", (long long)c.year, c.month, c.day, (int)(in_day / 3600),
	         (int)(in_day / 60 % 60), (int)(in_day % 60));
	if (with_fraction && fraction)
		buf_addf(out, ".%06d", (int)fraction);
	buf_addc(out, 'Z');
}

void
datetime_print(struct buf *out, int64_t us)
{
	print(out, us, true);
}

void
datetime_print_seconds(struct buf *out, int64_t us)
{
	print(out, us, false);
}

/* Takes `digits` digits and then `after` (unless NUL) from the front. */
static int
take_number(struct str *s, size_t digits, char after, unsigned *v_r)
{
	uint64_t v;

	if (s->n < digits + (after != '\0') || str_to_u64(str_n(s->p, digits), &v) < 0)
		return -1;
	if (after && s->p[digits] != after)
		return -1;
	*s = str_from(*s, digits + (after != '\0'));
	*v_r = (unsigned)v;
	return 0;
}

static int
take_date(struct str *s, struct civil *c_r)
{
	unsigned year, month, day;

	if (take_number(s, 4, '-', &year) < 0 || take_number(s, 2, '-', &month) < 0 ||
	    take_number(s, 2, 'T', &day) < 0)
		return -1;
	if (year == 0 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return -1;
	*c_r = (struct civil){year, month, day};
	return 0;
}

/* Seconds in the day. 24:00:00 and leap seconds (:60) are accepted: they are the next second. */
static int
take_time(struct str *s, int64_t *seconds_r)
{
	unsigned hour, minute, second;

	if (take_number(s, 2, ':', &hour) < 0 || take_number(s, 2, ':', &minute) < 0 ||
	    take_number(s, 2, '\0', &second) < 0)
		return -1;
	if (hour > 24 || minute > 59 || second > 60 || (hour == 24 && (minute || second)))
		return -1;
	*seconds_r = (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
	return 0;
}

/* .123456, any number of digits; what is finer than a microsecond is cut off. */
static int
take_fraction(struct str *s, int64_t *us_r)
{
	int64_t unit = SECOND / 10;
	size_t n = 1;

	*us_r = 0;
	if (s->n == 0 || s->p[0] != '.')
		return 0;
	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
		*us_r += (s->p[n] - '0') * unit;
		unit /= 10;
	}
	if (n == 1)
		return -1;
	*s = str_from(*s, n);
	return 0;
}

static int
take_zone(struct str *s, int64_t *seconds_r)
{
	unsigned hour, minute;
	bool west;

	*seconds_r = 0;
	if (str_eq(*s, STR("Z")))
		return 0;
	if (s->n != 6 || (s->p[0] != '+' && s->p[0] != '-'))
		return -1;
	west = s->p[0] == '-';
	*s = str_from(*s, 1);
	if (take_number(s, 2, ':', &hour) < 0 || take_number(s, 2, '\0', &minute) < 0 || hour > 14 || minute > 59)
		return -1;
	*seconds_r = ((int64_t)hour * 60 + minute) * (west ? -60 : 60);
	return 0;
}

int
datetime_parse(struct str text, int64_t *us_r)
{
	struct civil c;
	int64_t in_day, fraction, zone;

	if (take_date(&text, &c) < 0 || take_time(&text, &in_day) < 0 || take_fraction(&text, &fraction) < 0 ||
	    take_zone(&text, &zone) < 0)
		return -1;
	*us_r = (days_from_civil(c) * 86400 + in_day - zone) * SECOND + fraction;
	return 0;
}
