import Testing
import Training

@Suite struct ScheduleTests {
    /// The rates that the reference's published logs give (stages 1 and 2: 10 epochs from 1e-4 to 1e-5).
    @Test func reproducesThePublishedRates() {
        let schedule = Schedules.warmupCosineByEpoch(
            peak: 1e-4, minimum: 1e-5, warmupStart: 1e-6, warmupSteps: 5000, epochs: 10)
        #expect(schedule(0, 0) == 1e-6)
        #expect(abs(schedule(0, 4497) - 9.00406e-5) < 1e-9)
        let published = [9.780, 9.141, 8.145, 6.891, 5.500, 4.109, 2.855, 1.859, 1.220]
        for (epoch, rate) in zip(1..., published) {
            #expect(abs(schedule(epoch, 0) - rate * 1e-5) < 0.5e-8)
            #expect(schedule(epoch, 0) == schedule(epoch, 4497))
        }
    }

    @Test func warmsUpInTheFirstEpochAlone() {
        let schedule = Schedules.warmupCosineByEpoch(
            peak: 1e-4, minimum: 0, warmupStart: 1e-6, warmupSteps: 2000, epochs: 5)
        #expect(schedule(0, 1000) == 1e-6 + (1e-4 - 1e-6) * 0.5)
        #expect(schedule(0, 2000) == 1e-4)
        #expect(schedule(0, 4000) == 1e-4)
        let cold = Schedules.warmupCosineByEpoch(
            peak: 1e-4, minimum: 0, warmupStart: -1, warmupSteps: 2000, epochs: 5)
        #expect(cold(0, 0) == 1e-4)
    }

    @Test func decaysByEpoch() {
        let schedule = Schedules.warmupDecayByEpoch(
            peak: 1e-3, minimum: 2e-4, warmupStart: nil, warmupSteps: 0, decay: 0.5)
        let rates = (0..<5).map { schedule($0, 7) }
        #expect(rates == [1e-3, 5e-4, 2.5e-4, 2e-4, 2e-4])
    }

    @Test func runsAcrossEpochs() {
        let schedule = Schedules.warmupCosine(
            peak: 1, minimum: 0.1, warmupStart: 0, warmupSteps: 15, batchCount: 115, batchesPerEpoch: 10)
        #expect(schedule(0, 0) == 0)
        #expect(schedule(1, 4) == 14.0 / 15)
        #expect(schedule(1, 5) == 1)
        #expect(abs(schedule(6, 5) - 0.55) < 1e-12)
        #expect(abs(schedule(11, 5) - 0.1) < 1e-12)
        let rates = (15..<115).map { schedule($0 / 10, $0 % 10) }
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
    }
}
