// Single-thread SIMD kernels over blocks of work. The caller (Sources/Tensor/Backends/CPU) splits a
// problem into blocks and runs them on its threads; nothing here knows about threads.
#pragma once

#include "Convolution.h"
#include "Dispatch.h"
#include "Elementwise.h"
#include "Gemm.h"
#include "Losses.h"
#include "Movement.h"
#include "Normalization.h"
#include "Peak.h"
#include "Pooling.h"
#include "Reductions.h"
#include "Updates.h"
#include "Values.h"
