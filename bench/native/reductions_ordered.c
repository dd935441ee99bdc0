#define ORDERED
#define ORDER ordered
#include "reductions.inc"
