/* The functions behind the hooks of hooks_map.c. Once, at the beginning. */
#ifndef HH_HOOKS_MAP_H
#define HH_HOOKS_MAP_H
void hh_hooks_map_resolve(void);
#endif
