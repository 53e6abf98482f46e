/* What the process finds around it when its profile begins. */
#ifndef HH_SURROUNDINGS_H
#define HH_SURROUNDINGS_H
#include "common.h"

/* Why this process had better not be profiled; NULL = nothing speaks against it. */
const char *hh_surroundings_forbid(void);
/* Lowers the options for memory to a share of what the container may use. */
void hh_surroundings_fit_options(void);
#endif
