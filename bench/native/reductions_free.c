#define ORDER free
#include "reductions.inc"
