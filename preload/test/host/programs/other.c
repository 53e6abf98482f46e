/* Another library that somebody preloads. */
int other_library = 1;
