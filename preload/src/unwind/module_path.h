/* Names and sizes of the files behind modules. */
#ifndef HH_UNWIND_MODULE_PATH_H
#define HH_UNWIND_MODULE_PATH_H
struct hh_snapshot;

/* Makes the names of objects that are not known yet absolute and looks at their files: size, and the place of .eh_frame
 * where the program headers do not tell it. No lock held. */
void hh_module_paths_resolve(struct hh_snapshot *snapshot);
/* A copy that lives as long as the process. The caller holds the rules' lock. "" when there is no memory. */
const char *hh_module_path_keep(const char *path);
#endif
