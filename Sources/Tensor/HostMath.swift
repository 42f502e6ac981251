import Glibc

// The names `exp`, `log` and `tanh` belong to this module's operations on tensors; these are the
// scalar functions of the C library under names that do not clash.

func logarithm(_ x: Double) -> Double { Glibc.log(x) }
func exponential(_ x: Double) -> Double { Glibc.exp(x) }
func cosine(_ x: Double) -> Double { Glibc.cos(x) }
func hyperbolicTangent(_ x: Double) -> Double { Glibc.tanh(x) }
func errorFunction(_ x: Double) -> Double { Glibc.erf(x) }
