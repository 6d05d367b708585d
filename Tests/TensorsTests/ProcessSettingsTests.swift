import Foundation
import Tensors
import TestSupport
import Testing

/// What concerns the whole process - thread count, instruction set, storage pool - each in a process of its own, so
/// that no other test is disturbed and none disturbs these.
@Suite struct ProcessSettingsTests {
    @Test func anyNumberOfThreadsGivesTheSameBits() async {
        await #expect(processExitsWith: .success) {
            for workload in Workload.all + Workload.rounding {
                ThreadPool.threadCount = 1
                let single = workload.evaluated()
                for threadCount in [2, 5] {
                    ThreadPool.threadCount = threadCount
                    for (number, pair) in zip(workload.evaluated(), single).enumerated() {
                        expectSameBits(
                            pair.0, pair.1, "\(workload.name), \(threadCount) threads, result \(number)")
                    }
                }
            }
        }
    }

    @Test func anyNumberOfThreadsTrainsTheSameWeights() async {
        await #expect(processExitsWith: .success) {
            func trained(threadCount: Int) -> [Tensor] {
                ThreadPool.threadCount = threadCount
                return ProductPrecision.allCases.flatMap { precision in
                    let model = SmallModel()
                    for step in 1...3 { withProducts(in: precision) { _ = model.train(step: step) } }
                    return model.weights.map { $0.value.detached() }
                }
            }
            let single = trained(threadCount: 1)
            for threadCount in [2, 5] {
                for (number, pair) in zip(trained(threadCount: threadCount), single).enumerated() {
                    expectSameBits(pair.0, pair.1, "\(threadCount) threads, weight \(number)")
                }
            }
            #expect(single[0].scalars != single[single.count / 2].scalars)
        }
    }

    @Test func everyVariantOfTheKernelsAgreesWithThePortableOne() async {
        await #expect(processExitsWith: .success) {
            let best = KernelVariant.best
            for workload in Workload.all {
                KernelVariant.limit(to: .portable)
                let portable = workload.evaluated()
                for variant in KernelVariant.allCases where variant != .portable {
                    KernelVariant.limit(to: best)
                    guard KernelVariant.limit(to: variant) == variant else { continue }
                    for (number, pair) in zip(workload.evaluated(), portable).enumerated() {
                        expectClose(
                            pair.0, pair.1, within: 5e-6, "\(workload.name), \(variant.rawValue), result \(number)")
                    }
                }
            }
        }
    }

    /// Rounded operands are those of every variant, but for results that are rounded again.
    @Test func everyVariantRoundsAsThePortableOneDoes() async {
        await #expect(processExitsWith: .success) {
            for workload in Workload.rounding {
                KernelVariant.limit(to: .portable)
                let portable = workload.evaluated()
                for variant in KernelVariant.allCases {
                    KernelVariant.limit(to: variant)
                    for (number, pair) in zip(workload.evaluated(), portable).enumerated() {
                        expectClose(
                            pair.0, pair.1, within: 2e-4, "\(workload.name), \(variant.rawValue), result \(number)")
                    }
                }
            }
        }
    }

    @Test func everyVariantDrawsTheSame() async {
        await #expect(processExitsWith: .success) {
            let key = RandomKey(seed: 3)
            func drawn() -> [Tensor] {
                [
                    .uniform([1031], in: -1...1, key: key),
                    Tensor(repeating: 1, shape: [7, 517]).dropout(rate: 0.4, key: key),
                ]
            }
            KernelVariant.limit(to: .portable)
            let portable = drawn()
            for variant in KernelVariant.allCases {
                KernelVariant.limit(to: variant)
                for (one, other) in zip(drawn(), portable) { expectSameBits(one, other, variant.rawValue) }
            }
        }
    }

    @Test func theSecondTrainingStepLeavesThePoolFull() async {
        await #expect(processExitsWith: .success) {
            let model = SmallModel()
            for step in 1...2 { model.train(step: step) }
            let settled = StoragePool.statistics
            for step in 3...8 { model.train(step: step) }
            #expect(StoragePool.statistics.systemAllocationCount == settled.systemAllocationCount)
            #expect(StoragePool.statistics.systemByteCount == settled.systemByteCount)
        }
    }

    @Test func thePoolCountsRecyclesAndTrims() async {
        await #expect(processExitsWith: .success) {
            StoragePool.trim()
            let before = StoragePool.statistics
            #expect(before.idleByteCount == 0)
            do {
                let tensor = Tensor(zeros: [1000])
                #expect(StoragePool.statistics.systemAllocationCount == before.systemAllocationCount + 1)
                #expect(tensor.count == 1000)
            }
            let idle = StoragePool.statistics.idleByteCount
            #expect(idle >= 4000 && idle <= 5000)
            let again = Tensor(zeros: [10, 99])
            #expect(StoragePool.statistics.systemAllocationCount == before.systemAllocationCount + 1)
            #expect(StoragePool.statistics.idleByteCount == 0)
            #expect(again.sumOfSquares() == 0)
        }
    }

    @Test func environmentVariablesSetThreadsAndInstructionSet() async {
        await #expect(processExitsWith: .success) {
            setenv("BLIP_SIMD", "portable", 1)
            setenv("OMP_NUM_THREADS", "3", 1)
            #expect(KernelVariant.best == .portable)
            #expect(KernelVariant.current == .portable)
            #expect(ThreadPool.threadCount == 3)
        }
    }
}
