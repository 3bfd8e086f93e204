/* SPDX-License-Identifier: MIT */
/*
 * Powers of 1000, as disks and mail providers count.
 */
#include "text/quantity.h"

#include "base/attr.h"

#include <stdio.h>

void
quantity_bytes(char *out, long long bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double value = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		(void)snprintf(out, QUANTITY_SIZE, "%lld bytes", bytes);
		return;
	}
	while (value >= 999.95 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1000;
		unit++;
	}
	(void)snprintf(out, QUANTITY_SIZE, "%.1f %s", value, units[unit]);
}
