// SPDX-License-Identifier: Apache-2.0
#define ORDER free
#include "reductions.inc"
