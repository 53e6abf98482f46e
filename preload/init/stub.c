/* What stands in for libheaphound.so where that could not be installed: a library without any code, symbol or need,
 * which every loader takes. LD_PRELOAD of a file that is missing makes glibc print a line for each program that starts.
 */
__attribute__((used)) static const char marker[] = "HEAPHOUND_STUB";
