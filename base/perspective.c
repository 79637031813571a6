/* Places on Earth: see perspective.h. */
#include "base/perspective.h"

#include <math.h>

#define EARTH_RADIUS_KM 6371.0088
#define RADIANS_A_UDEG (3.14159265358979323846 / 180e6)

enum { UDEG = 1000000, POINT_DIGITS = 6 };

const char *const region_names[REGION_COUNT + 1] = {
#define X(name, wire) [REGION_##name] = (wire),
	REGIONS(X)
#undef X
		[REGION_COUNT] = NULL,
};

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

enum status place_degrees_parse(const char *text, int most, int *ret_udeg)
{
	int negative = *text == '-';
	const char *at = text + negative;
	int64_t udeg = 0;
	int digits = 0;
	for (; is_digit(*at) && digits < 4; at++, digits++)
		udeg = udeg * 10 + (*at - '0');
	if (digits == 0 || digits > 3)
		return INPUT;
	int scale = 0;
	if (*at == '.') {
		for (at++; is_digit(*at) && scale < POINT_DIGITS; at++, scale++)
			udeg = udeg * 10 + (*at - '0');
		if (scale == 0)
			return INPUT;
	}
	for (; scale < POINT_DIGITS; scale++)
		udeg *= 10;
	if (*at || udeg > (int64_t)most * UDEG)
		return INPUT;
	*ret_udeg = (int)(negative ? -udeg : udeg);
	return OK;
}

struct point {
	double x, y, z;
};

static struct point point_of(const struct place *place)
{
	double latitude = place->latitude_udeg * RADIANS_A_UDEG;
	double longitude = place->longitude_udeg * RADIANS_A_UDEG;
	return (struct point){
		.x = cos(latitude) * cos(longitude),
		.y = cos(latitude) * sin(longitude),
		.z = sin(latitude),
	};
}

int place_distance_km(const struct place *a, const struct place *b)
{
	struct point from = point_of(a), to = point_of(b);
	double x = from.x - to.x, y = from.y - to.y, z = from.z - to.z;
	return (int)(EARTH_RADIUS_KM * sqrt(x * x + y * y + z * z));
}
