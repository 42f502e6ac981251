import Support
import Testing
import Train

/// Expected values: scipy 1.x, `binomtest`, `chi2.sf` (with R's continuity correction), `t.ppf`,
/// `beta.cdf`.
@Suite struct StatisticsTests {
    @Test(
        arguments: [
            (3, 9, 0.14599609375), (9, 3, 0.14599609375), (0, 5, 0.0625), (0, 0, 1), (12, 12, 1),
            (10, 14, 0.5412561893463135),
        ])
    func fewMistakesAreTestedExactly(b: Int, c: Int, p: Double) {
        let test = McNemarTest(onlyFirst: b, onlySecond: c)
        #expect(test.statistic == nil)
        #expect(abs(test.pValue - p) < 1e-14)
    }

    @Test(
        arguments: [
            (10, 15, 0.64, 0.4237107971667936), (25, 25, 0, 1),
            (30, 18, 2.5208333333333335, 0.1123511976904641),
            (120, 171, 8.59106529209622, 0.0033781632835517186),
        ])
    func manyMistakesAreTestedByChiSquare(b: Int, c: Int, statistic: Double, p: Double) throws {
        let test = McNemarTest(onlyFirst: b, onlySecond: c)
        #expect(abs(try #require(test.statistic) - statistic) < 1e-13)
        #expect(abs(test.pValue - p) < 1e-13)
    }

    @Test(
        arguments: [
            (1, 12.706204736174694), (2, 4.302652729749462), (3, 3.1824463052837078),
            (4, 2.7764451051977934), (9, 2.262157162798205), (30, 2.0422724563012378),
            (199, 1.9719565442517533),
        ])
    func quantilesOfStudentsT(degrees: Int, expected: Double) {
        #expect(abs(studentQuantile(0.975, degrees: degrees) / expected - 1) < 1e-12)
    }

    @Test(
        arguments: [
            (0.3, 2.0, 5.0, 0.5798250000000003), (0.9, 0.5, 0.5, 0.7951672353008665),
            (0.01, 10, 0.5, 1.770034965528571e-21), (0.5, 100, 100, 0.4999999999999996),
        ])
    func theIncompleteBetaFunction(x: Double, a: Double, b: Double, expected: Double) {
        #expect(abs(incompleteBeta(x, a, b) / expected - 1) < 1e-11)
    }

    /// numpy: mean, std(ddof=1); scipy.stats.t.interval(0.95, 3, mean, sem).
    @Test func severalSeeds() throws {
        let statistics = try #require(SampleStatistics([0.91, 0.93, 0.92, 0.95]))
        #expect(abs(statistics.mean - 0.9275) < 1e-15)
        #expect(abs(try #require(statistics.standardDeviation) - 0.017078251276599298) < 1e-15)
        let interval = try #require(statistics.interval)
        #expect(abs(interval.lower - 0.90032469116204) < 1e-12)
        #expect(abs(interval.upper - 0.95467530883796) < 1e-12)
        #expect(SampleStatistics([]) == nil)
        let single = try #require(SampleStatistics([0.5]))
        #expect(single.standardDeviation == nil && single.interval == nil && single.mean == 0.5)
    }
}
