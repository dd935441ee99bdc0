// SPDX-License-Identifier: Apache-2.0
#define ORDERED
#define ORDER ordered
#include "reductions.inc"
