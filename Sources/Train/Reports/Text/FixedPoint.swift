import Glibc

/// `value` with `digits` decimals, as C's `printf("%.*f")` and Python print it.
///
/// The decimal expansion of the binary value is rounded exactly; a true tie goes to the even digit.
package func fixedPoint(_ value: Double, digits: Int) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    // The longest finite Double has 309 digits before the point.
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 330 + digits) { buffer in
        withVaList([Int32(digits), value]) { arguments in
            _ = vsnprintf(buffer.baseAddress!, buffer.count, "%.*f", arguments)
        }
        return String(cString: buffer.baseAddress!)
    }
}
